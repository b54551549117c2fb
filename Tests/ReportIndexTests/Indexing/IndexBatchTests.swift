import ArchiveTestKit
import Deliveries
import GRDB
import TestKit
import Testing

@testable import Journal
@testable import ReportIndex

/// Tests the rows that batches of deliveries write to the index.
@Suite struct IndexBatchTests {
    /// The reports of six deliveries. They include repeats within one batch, repeats of an earlier batch, a report that
    /// a delivery contains twice, and unsorted fields.
    private static let reports: [[RoutedReport]] = [
        [report("a", [("linkId", "1"), ("cpf", "9")])],
        [report("b", []), report("c", [("z", "1"), ("a", "1")])],
        [report("c", [("z", "2")]), report("d", [("cpf", "9"), ("linkId", "0")]), report("d", [])],
        [],
        [report("a", []), report("e", [("linkId", "1")], type: "other"), report("d", [])],
        [report("e", []), report("a", [])],
    ]

    private static func report(_ key: String, _ fields: [(String, String)], type: String = "status") -> RoutedReport {
        .fixture(
            type: type, key: key, fields: fields.map(ReportField.init),
            route: key == "b" ? nil : .init(rule: .all, topic: key))
    }

    private static let deliveries = reports.enumerated().map { index, reports in
        IndexedDelivery.fixture(
            Int64(index) + 1, receivedAt: Timestamp.fixture.advanced(byMilliseconds: Int64(index % 4) * 1000), reports)
    }

    private static func dump(_ batches: [[IndexedDelivery]]) async throws -> IndexDump {
        try await IndexArchive.with { archive in
            for batch in batches { try archive.writeBatch(batch) }
            return try IndexDump(archive.directory)
        }
    }

    @Test("several batches write the same rows as one batch", arguments: 1...5)
    func batchBoundaries(count: Int) async throws {
        let expected = try await Self.dump([Self.deliveries])
        #expect(expected.count("report") == 5)
        #expect(expected.count("attempt") == 6)
        let single = stride(from: 0, to: 6, by: count).map { Array(Self.deliveries[$0..<min($0 + count, 6)]) }
        let dump = try await Self.dump(single)
        for (table, rows) in expected.rows { #expect(dump.rows[table] == rows, "\(table)") }
    }

    @Test("a batch with a rejected row writes no rows, and a retry writes all rows")
    func allOrNothing() async throws {
        let deliveries: [IndexedDelivery] = [.fixture(1), .fixture(2, [.fixture(key: "bad")])]
        try await IndexArchive.with { archive in
            let reader = try archive.reader()
            let indexed = try SparseArchive.insertEntries(for: deliveries, archive.directory)
            let connection = try WritingConnection(
                archive.directory.indexPath, IndexSchema.schema, durability: .lastCommitsMayGo)
            defer { connection.close() }
            try connection.run { db in
                try db.execute(
                    sql: """
                        CREATE TEMP TRIGGER rejection BEFORE INSERT ON main.report WHEN NEW.problem = 'bad'
                        BEGIN SELECT RAISE(ABORT, 'no'); END
                        """)
            }
            let batch = IndexBatch(
                deliveries: indexed, records: [], end: ChainMark(position: 2, chain: ChainHash.start))
            func write() throws {
                try connection.run { db in
                    try db.inTransaction(.immediate) {
                        var (names, pace) = (IndexNames(), IndexPace.unpaced)
                        try batch.write(&names, &pace, db)
                        return .commit
                    }
                }
            }
            let code = ResultCode.SQLITE_CONSTRAINT_TRIGGER.rawValue
            #expect(throws: ArchiveError.storageFailed(code: code)) { try write() }
            #expect(try reader.reports(matching: ReportFilter()).isEmpty)
            #expect(try reader.unindexedCount() == 2)
            try connection.run { try $0.execute(sql: "DROP TRIGGER temp.rejection") }
            try write()
            #expect(try reader.reports(matching: ReportFilter()).map(\.problem) == ["bad", "key"])
            #expect(try reader.unindexedCount() == 0)
        }
    }

    @Test("if the report of a known key is missing, the next delivery stores it, and later deliveries are repeats")
    func danglingIdentity() async throws {
        try await IndexArchive.with { archive in
            try PlainConnection.open(archive.directory.indexPath) { db in
                try db.execute(
                    sql: "INSERT INTO identity VALUES (?, ?)",
                    arguments: [Blob(IndexBatch.identity("klavi", "key")), ArrivalID(1, 1).rawValue])
            }
            try archive.writeBatch([.fixture(1, []), .fixture(2), .fixture(3)])
            let reports = try archive.reader().reports(matching: ReportFilter())
            #expect(reports.map(\.deliveryID.rawValue) == [2])
            #expect(reports.map(\.attemptCount) == [2])
        }
    }

    @Test("a repeated report is stored once, with two attempts and the time of its last arrival")
    func repeatedReport() async throws {
        let later = Timestamp.fixture.advanced(byMilliseconds: 4000)
        let first = RoutedReport.fixture(type: "a", key: "k", fields: [ReportField("name", "first")])
        let second = RoutedReport.fixture(type: "b", key: "k", fields: [ReportField("name", "second")])
        try await SparseArchive.withReader([.fixture(1, [first]), .fixture(2, receivedAt: later, [second])]) { reader in
            let report = try #require(try reader.reports(of: DeliveryID(rawValue: 2)).first)
            #expect(report.attemptNumber == 2)
            #expect(report.report.type == "a")
            #expect(report.fields == [ReportField("name", "first")])
            #expect(report.report.lastReceivedAt == later)
            #expect(report.report.receivedAt == .fixture)
        }
    }

    @Test("the same key in two sources belongs to two reports")
    func keysOfSources() async throws {
        try await SparseArchive.withReader([.fixture(1), .fixture(2, source: "certn")]) { reader throws in
            #expect(try reader.number("SELECT count(*) FROM report") == 2)
        }
    }

    @Test("reports of one delivery keep their order, and a repeated report counts as two attempts")
    func ordinals() async throws {
        let reports = ["x", "y", "x"].map { RoutedReport.fixture(type: $0, key: $0) }
        try await SparseArchive.withReader([.fixture(1, reports)]) { reader in
            let delivered = try reader.reports(of: DeliveryID(rawValue: 1))
            #expect(delivered.map(\.report.type) == ["x", "y", "x"])
            #expect(delivered.map(\.attemptNumber) == [1, 1, 2])
            #expect(delivered.map(\.report.ordinal) == [1, 2, 1])
        }
    }

    @Test("a field that a report contains twice is stored once")
    func repeatedField() async throws {
        let field = ReportField("linkId", "1")
        let report = RoutedReport.fixture(fields: [field, ReportField("linkId", "2"), field])
        try await SparseArchive.withReader([.fixture(1, [report])]) { reader throws in
            #expect(try reader.number("SELECT count(*) FROM field") == 2)
        }
    }

    @Test("text after a NUL character distinguishes reports, types and fields")
    func nul() async throws {
        let reports = ["x", "y"].map {
            RoutedReport.fixture(type: "type\0\($0)", key: "key\0\($0)", fields: [ReportField("id", "value\0\($0)")])
        }
        try await SparseArchive.withReader([.fixture(1, reports)]) { reader in
            let delivered = try reader.reports(of: DeliveryID(rawValue: 1))
            #expect(delivered.map(\.attemptNumber) == [1, 1])
            #expect(delivered.map(\.report.type) == ["type\u{fffd}x", "type\u{fffd}y"])
            #expect(delivered.flatMap(\.fields).map(\.value) == ["value\u{fffd}x", "value\u{fffd}y"])
        }
    }

    @Test("a delivery without reports moves the cursor")
    func noReports() async throws {
        try await SparseArchive.withReader([.fixture(1, [])]) { reader throws in
            #expect(try reader.unindexedCount() == 0)
            #expect(try reader.number("SELECT count(*) FROM report") == 0)
        }
    }
}
