import Deliveries
import Foundation
import GRDB
import ReportArchive
import TestKit
import Testing

/// Real files of each schema version, storage/archives/v1.sqlite and on. Each holds the same five deliveries, projected, and
/// two replays of the third; the version that wrote it made it, and nothing edits it afterwards.
@Suite struct OldArchiveTests {
    private static let folder = ProjectFolder.root.appending(path: "storage/archives")

    /// The samples in it, in order; the last one repeats the third.
    private static let samples = [
        "klavi/link-created-event", "klavi/whitelabel-redirect", "klavi/legacy-income-report",
        "certn/centric-case-status-changed", "klavi/legacy-income-report",
    ].map(Sample.named)

    static let versions = [1, 2]

    /// Runs `body` with a copy of the file.
    private static func withCopy(of version: Int, _ body: (ArchiveLocation) async throws -> Void) async throws {
        try await TestArchive.withLocation { location in
            let original = folder.appending(path: "v\(version).sqlite")
            try FileManager.default.copyItem(at: original, to: URL(filePath: location.path))
            try await body(location)
        }
    }

    @Test("there is a file for every schema version, the current one included, and no other")
    func completeness() async throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path()).sorted()
        #expect(names == Self.versions.map { "v\($0).sqlite" })
        try await TestArchive.withLocation { location in
            try ArchiveWriter(location).close()
            let current = try PlainConnection.open(location) { try Int.fetchOne($0, sql: "PRAGMA user_version") }
            #expect(current == Self.versions.last)
        }
    }

    @Test("the file has the version in its name, and bodies of both encodings", arguments: versions)
    func contents(version: Int) async throws {
        try await Self.withCopy(of: version) { location in
            try PlainConnection.open(location) { db in
                let stored = try Int.fetchOne(db, sql: "PRAGMA user_version")
                let encodings = try String.fetchAll(db, sql: "SELECT bodyEncoding FROM journal ORDER BY id")
                #expect(stored == version)
                #expect(encodings == ["zlib", "raw", "zlib", "zlib", "zlib"])
            }
        }
    }

    @Test("once opened for writing, it is sound and every delivery reads back", arguments: versions)
    func deliveries(version: Int) async throws {
        try await Self.withCopy(of: version) { location in
            try ArchiveWriter(location).close()
            let reader = try ArchiveReader(location)
            let check = try reader.check()
            #expect(check.findings == [])
            #expect(check.deliveryCount == Self.samples.count)
            for (index, sample) in Self.samples.enumerated() {
                let number = Int64(index) + 1
                let delivery = try #require(try reader.delivery(DeliveryID(rawValue: number)))
                let receivedAt = sample.request.receivedAt.advanced(byMilliseconds: Int64(index) * 1000)
                #expect(delivery.uuid == .numbered(UInt8(number)))
                #expect(delivery.source == sample.sourceName)
                #expect(delivery.request.method == sample.request.method)
                #expect(delivery.request.target == sample.request.target)
                #expect(delivery.request.headers == sample.request.headers)
                #expect(delivery.request.body == sample.request.body)
                #expect(delivery.request.peer == sample.request.peer)
                #expect(delivery.request.receivedAt == receivedAt)
                #expect(delivery.verification == (number == 2 ? .unattempted : .verified))
                #expect(delivery.secretName == [nil, "primary", nil, "primary", "centric", "primary"][Int(number)])
            }
        }
    }

    @Test("its reports and replays read back", arguments: versions)
    func reports(version: Int) async throws {
        try await Self.withCopy(of: version) { location in
            try ArchiveWriter(location).close()
            let reader = try ArchiveReader(location)
            let reports = try reader.reports(matching: ReportFilter())
            #expect(reports.map(\.kind) == ["CASE_STATUS_CHANGED", "Income", "redirect", "link_created"])
            #expect(reports.map(\.attemptCount) == [1, 2, 1, 1])
            #expect(reports.map { $0.route?.box } == ["background-checks", "klavi-rest", "klavi-rest", "links"])
            #expect(
                try reader.replays(of: DeliveryID(rawValue: 3)) == [
                    .fixture(deliveryID: 3), .fixture(deliveryID: 3, outcome: .failed("nobody answered")),
                ])
        }
    }

    @Test("it takes deliveries after its last one, and its projection can be rebuilt", arguments: versions)
    func writing(version: Int) async throws {
        try await Self.withCopy(of: version) { location in
            try await TestArchive.withWriter(at: location) { writer in
                #expect(await writer.outcome(of: SealedDelivery(Self.samples[0])).id == 6)
                try writer.clearProjection()
                try Projector.forSamples(writer).catchUp()
                let reports = try ArchiveReader(location).reports(matching: ReportFilter())
                #expect(reports.map(\.attemptCount) == [1, 2, 1, 2])
            }
        }
    }
}
