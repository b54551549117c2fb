import Deliveries
import Foundation
import ReportArchive
import TestKit

@testable import CallboxCommands

/// An archive with samples in its journal, in the order given, and indexed.
enum SampleArchive {
    static func with<Value>(_ names: [String], _ body: (ArchiveReader) throws -> Value) async throws -> Value {
        try await TemporaryFolder.with { folder in
            let location = ArchiveLocation(path: folder.path(of: "archive.sqlite"))
            let writer = try ArchiveWriter(location)
            defer { writer.close() }
            for name in names {
                let delivery = ArchivedDelivery.sample(name)
                await withCheckedContinuation { continuation in
                    writer.commit(SealedDelivery(delivery)) { _ in continuation.resume() }
                }
            }
            let sources = try ConfigurationFile.read(ProjectFolder.samples.appending(path: "callbox.yaml").path())
                .sources
            try Projector(writer, interpret: ReportInterpreter.function(for: sources)).catchUp()
            return try body(try ArchiveReader(location))
        }
    }
}

extension SealedDelivery {
    fileprivate init(_ delivery: ArchivedDelivery) {
        let request = delivery.request
        self.init(
            uuid: delivery.uuid, source: delivery.source, receivedAt: request.receivedAt,
            verification: delivery.verification, secretName: delivery.secretName,
            head: SealedHead(storedBytes: DeliveryHead(of: request).text, sha256: .digestFixture),
            body: SealedBody(
                encoding: .raw, storedBytes: request.body, byteCount: request.body.count, sha256: delivery.bodySHA256),
            headSalt: .saltFixture, bodySalt: .saltFixture)
    }
}
