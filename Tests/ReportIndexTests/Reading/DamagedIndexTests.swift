import ArchiveTestKit
import Deliveries
import GRDB
import TestKit
import Testing

@testable import Journal
@testable import ReportIndex

/// Tests extreme numbers in a damaged file or in a query.
@Suite struct DamagedIndexTests {
    /// Runs `body` with an archive of one report after `sql` has changed it.
    private static func withReader(after sql: String, _ body: (ArchiveReader) throws -> Void) async throws {
        try await IndexArchive.with { archive in
            try await archive.commitAll([.fixture()])
            try archive.writeBatch([.fixture(1, [.fixture(fields: [ReportField("linkId", "1")])])])
            try PlainConnection.open(archive.directory.indexPath) { try $0.execute(sql: sql) }
            try body(archive.reader())
        }
    }

    @Test("a time span with an extreme ID does not end the process", arguments: [52, 53, 61, 62])
    func span(bits: Int) async {
        await #expect(processExitsWith: .success) { [bits] in
            let times = "firstReceivedAtMilliseconds, lastReceivedAtMilliseconds"
            let sql = "INSERT INTO span SELECT 1 << \(bits), \(times) FROM span"
            try await Self.withReader(after: sql) { reader in
                var filter = ReportFilter()
                filter.since = .fixture
                _ = try reader.reports(matching: filter)
            }
        }
    }

    @Test("an extreme cursor does not end the process", arguments: [Int64.max, 1 << 43])
    func cursor(value: Int64) async {
        await #expect(processExitsWith: .success) { [value] in
            try await Self.withReader(after: "UPDATE state SET position = \(value) WHERE name = 'cursor'") { reader in
                _ = try reader.reports(matching: ReportFilter())
                _ = try reader.unindexedCount()
            }
        }
    }

    @Test("extreme numbers in a query find no report")
    func extremeNumbers() async {
        await #expect(processExitsWith: .success) {
            try await Self.withReader(after: "SELECT 1") { reader in
                var filter = ReportFilter()
                filter.before = ReportID(rawValue: .min)
                let page = try reader.reports(matching: filter)
                #expect(page.isEmpty)
                // The second number does not fit into the ID of a report.
                for id in [.max, 1 << 44 | 1] as [Int64] {
                    let reports = try reader.reports(of: DeliveryID(rawValue: id))
                    #expect(reports.isEmpty)
                }
            }
        }
    }
}
