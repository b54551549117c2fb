import Crypto
import Deliveries
import Foundation
import Journal
import ReportIndex
import TestKit

@testable import CallboxCommands

extension EncodedDelivery {
    /// A delivery as intake seals it, its body raw. The journal takes each UUID once, so several deliveries need seeds.
    init(_ delivery: ArchivedDelivery, seed: UInt64? = nil) {
        let request = delivery.request
        let head = RequestHead(of: request).text
        var uuid = delivery.uuid
        if let seed {
            var generator = SplitMix64(seed: seed)
            uuid = UUIDv7(at: request.receivedAt, using: &generator)
        }
        self.init(
            uuid: uuid, source: delivery.source, receivedAt: request.receivedAt, verification: delivery.verification,
            secretName: delivery.secretName, head: EncodedHead(storedBytes: head, sha256: .sha256(of: head)),
            body: EncodedBody(
                encoding: .raw, storedBytes: request.body, byteCount: request.body.count,
                sha256: .sha256(of: request.body)),
            headSalt: .saltFixture, bodySalt: .saltFixture)
    }
}

extension [UInt8] {
    static func sha256(of bytes: [UInt8]) -> [UInt8] {
        Array(SHA256.hash(data: bytes))
    }
}

/// An archive with samples in its journal, in the order given, and indexed.
enum SampleArchive {
    static func with<Value>(_ names: [String], _ body: (ArchiveReader) throws -> Value) async throws -> Value {
        try await TemporaryFolder.with { folder in
            let directory = ArchiveDirectory(path: folder.path(of: "archive"))
            let writer = try JournalWriter(directory)
            defer { writer.close() }
            let deliveries = names.enumerated().map { offset, name in
                NewEntry.delivery(EncodedDelivery(.sample(name), seed: UInt64(offset)))
            }
            try writer.append(deliveries, at: .fixture)
            let sources = try ConfigurationFile.read(ProjectFolder.samples.appending(path: "callbox.yaml").path())
                .sources
            try Indexer(directory, parser: ConfiguredParser.parser(for: sources)).catchUp()
            return try body(try ArchiveReader(directory))
        }
    }
}
