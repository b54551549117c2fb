import ArchiveTestKit
import Deliveries
import GRDB
import TestKit
import Testing

@testable import Journal
@testable import ReportIndex

/// Tests pruned deliveries, whose reports are kept in summaries.
@Suite struct PrunedDeliveryTests {
    private static let text = #"{"note":""# + String(repeating: "0123456789", count: 10) + #""}"#

    private static let parser = ReportParser.routed { delivery in
        let target = delivery.request.target.text
        return [.fixture(type: target, key: target, fields: [ReportField("path", target)])]
    }

    /// Runs `body` with arrivals of the reports `/a`, `/b`, `/a` and `/a`. The deliveries are indexed and then pruned.
    private static func withPruned(_ ids: [Int64], _ body: (IndexArchive, ArchiveReader) throws -> Void) async throws {
        try await IndexArchive.with { archive in
            for (index, target) in ["/a", "/b", "/a", "/a"].enumerated() {
                let receivedAt = Timestamp.fixture.advanced(byMilliseconds: Int64(index) * 1000)
                try await archive.commitAll([.fixture(receivedAt: receivedAt, target: target, body: .raw(Self.text))])
            }
            try archive.index(Self.parser)
            #expect(try archive.prune(ids, reason: "older than a year") == ids)
            try body(archive, archive.reader())
        }
    }

    @Test("a pruned delivery keeps its report and has the reason for the pruning, and the archive is intact")
    func pruned() async throws {
        try await Self.withPruned([1]) { archive, reader in
            #expect(throws: ArchiveError.pruned(DeliveryID(rawValue: 1), reason: "older than a year")) {
                try reader.delivery(DeliveryID(rawValue: 1))
            }
            let verification = try archive.verify()
            #expect(verification.findings == [])
            #expect(verification.prunedCount == 1)
            #expect(verification.deliveryCount == 4)
            let reports = try reader.reports(matching: ReportFilter())
            #expect(reports.map(\.isBodyPruned) == [false, true])
            #expect(reports.first?.storedByteCount == Self.text.utf8.count)
        }
    }

    /// All subsets of the four deliveries.
    static let choices: [[Int64]] = (0..<16).map { choice in (1...4).filter { choice >> ($0 - 1) & 1 == 1 } }

    @Test("a rebuild creates the same rows for every choice of pruned bodies", arguments: choices)
    func rebuild(ids: [Int64]) async throws {
        try await Self.withPruned(ids) { archive, _ in
            let before = try IndexDump(archive.directory)
            #expect(before.count("report") == 2)
            #expect(before.count("field") == 2)
            try archive.rebuild()
            #expect(try IndexDump(archive.directory) == before)
            #expect(try archive.verify().findings == [])
        }
    }

    @Test("a rebuild routes pruned deliveries by their summaries")
    func routes() async throws {
        try await Self.withPruned([1, 2]) { archive, _ in
            archive.deleteIndex()
            let topic = Route(rule: .other, topic: "new")
            try archive.index(
                ReportParser { _ in
                    []
                } route: { _, type in
                    type == "/b" ? topic : nil
                })
            let reports = try archive.reader().reports(matching: ReportFilter())
            #expect(reports.map(\.type) == ["/b", "/a"])
            #expect(reports.map(\.route) == [topic, nil])
            #expect(reports.map(\.attemptCount) == [1, 1])
        }
    }

    @Test("a report that arrives again after pruning counts as another attempt, even after a rebuild")
    func laterRepeat() async throws {
        try await IndexArchive.with { archive in
            try await archive.commitAll([.fixture(target: "/a")])
            try archive.index(Self.parser)
            try archive.prune([1])
            try await archive.commitAll([.fixture(target: "/a")])
            for isRebuilt in [false, true] {
                if isRebuilt { archive.deleteIndex() }
                try archive.index()
                let reports = try archive.reader().reports(matching: ReportFilter())
                #expect(reports.map(\.deliveryID.rawValue) == [1])
                #expect(reports.map(\.attemptCount) == [2])
                #expect(reports.map(\.lastDeliveryID.rawValue) == [3])
            }
        }
    }

    @Test("a damaged summary is indexed as damaged, and later entries are indexed")
    func damagedSummary() async throws {
        try await Self.withPruned([1]) { archive, reader in
            try PlainConnection.damage(
                archive.directory.journal.path, "UPDATE entry SET body = x'5b5d5b' WHERE position = 1")
            try archive.rebuild()
            let reports = try archive.reader().reports(matching: ReportFilter())
            #expect(reports.map(\.type) == ["/a", "/b", "unrecognised"])
            #expect(reports.map(\.attemptCount) == [2, 1, 1])
        }
    }
}
