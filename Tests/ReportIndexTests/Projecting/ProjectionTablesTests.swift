import Deliveries
import GRDB
import TestKit
import Testing

@testable import ReportArchive

@Suite struct ProjectionTablesTests {
    private static func projected(
        _ id: Int64, _ reports: [RoutedReport] = [.fixture()], receivedAt: Timestamp = .fixture
    ) -> ProjectedDelivery {
        ProjectedDelivery(id: DeliveryID(rawValue: id), source: "klavi", receivedAt: receivedAt, reports: reports)
    }

    /// Runs `body` with an archive of `count` deliveries that nothing projects.
    private static func withJournal(_ count: Int, _ body: (ArchiveWriter) throws -> Void) async throws {
        try await TestArchive.withWriter { writer in
            try await writer.commitAll(Array(repeating: .fixture(), count: count))
            try body(writer)
        }
    }

    private static func append(_ deliveries: [ProjectedDelivery], to writer: ArchiveWriter) throws -> Int64? {
        let previous = try deliveries.first.map { $0.id.rawValue - 1 } ?? ProjectionDump(writer.location).cursor ?? 0
        try writer.project(deliveries, after: previous)
        return try ProjectionDump(writer.location).cursor
    }

    @Test("a batch moves the cursor to its last delivery")
    func cursor() async throws {
        try await Self.withJournal(3) { writer in
            let cursors = [
                try Self.append([Self.projected(1), Self.projected(2)], to: writer),
                try Self.append([Self.projected(3)], to: writer), try Self.append([], to: writer),
            ]
            #expect(cursors == [2, 3, 3])
        }
    }

    @Test("a batch that does not follow the cursor is left out", arguments: [1, 3] as [Int64])
    func strayBatch(id: Int64) async throws {
        try await Self.withJournal(3) { writer in
            _ = try Self.append([Self.projected(1)], to: writer)
            let before = try ProjectionDump(writer.location)
            #expect(try Self.append([Self.projected(id, [.fixture(key: "stray")])], to: writer) == 1)
            #expect(try ProjectionDump(writer.location) == before)
        }
    }

    @Test("a report that comes again counts up and remembers the last arrival; what it said first stays")
    func repeatedReport() async throws {
        try await TestArchive.withWriter { writer in
            let later = Timestamp.fixture.advanced(byMilliseconds: 4000)
            try await writer.commitAll([.fixture(), .fixture(receivedAt: later)])
            let first = RoutedReport.fixture(kind: "a", key: "k", fields: [ReportField("name", "first")])
            let second = RoutedReport.fixture(kind: "b", key: "k", fields: [ReportField("name", "second")])
            _ = try Self.append(
                [Self.projected(1, [first]), Self.projected(2, [second], receivedAt: later)], to: writer)
            let report = try #require(try ArchiveReader(writer.location).reports(of: DeliveryID(rawValue: 2)).first)
            #expect(report.attemptNumber == 2)
            #expect(report.report.kind == "a")
            #expect(report.fields == [ReportField("name", "first")])
            #expect(report.report.lastReceivedAt == later)
            #expect(report.report.receivedAt == .fixture)
        }
    }

    @Test("the same key at another source is another report")
    func keysOfSources() async throws {
        try await Self.withJournal(2) { writer in
            let other = ProjectedDelivery(
                id: DeliveryID(rawValue: 2), source: "certn", receivedAt: .fixture, reports: [.fixture()])
            _ = try Self.append([Self.projected(1), other], to: writer)
            #expect(try ProjectionDump(writer.location).count("report") == 2)
        }
    }

    @Test("the reports of one delivery keep their order, and one that stands twice in it is two attempts")
    func ordinals() async throws {
        try await Self.withJournal(1) { writer in
            let reports = ["x", "y", "x"].map { RoutedReport.fixture(kind: $0, key: $0) }
            _ = try Self.append([Self.projected(1, reports)], to: writer)
            let delivered = try ArchiveReader(writer.location).reports(of: DeliveryID(rawValue: 1))
            #expect(delivered.map(\.report.kind) == ["x", "y", "x"])
            #expect(delivered.map(\.attemptNumber) == [1, 1, 2])
            #expect(delivered.map(\.report.ordinal) == [1, 2, 1])
        }
    }

    @Test("a field that stands twice in a report is kept once")
    func repeatedField() async throws {
        try await Self.withJournal(1) { writer in
            let field = ReportField("linkId", "1")
            let report = RoutedReport.fixture(fields: [field, ReportField("linkId", "2"), field])
            _ = try Self.append([Self.projected(1, [report])], to: writer)
            #expect(try ProjectionDump(writer.location).count("field") == 2)
        }
    }

    @Test("what comes after a NUL tells reports, kinds and fields apart like anything else")
    func nul() async throws {
        try await Self.withJournal(1) { writer in
            let reports = ["x", "y"].map {
                RoutedReport.fixture(
                    kind: "kind\0\($0)", key: "key\0\($0)", fields: [ReportField("id", "value\0\($0)")])
            }
            _ = try Self.append([Self.projected(1, reports)], to: writer)
            let delivered = try ArchiveReader(writer.location).reports(of: DeliveryID(rawValue: 1))
            #expect(delivered.map(\.attemptNumber) == [1, 1])
            #expect(delivered.map(\.report.kind) == ["kind\u{fffd}x", "kind\u{fffd}y"])
            #expect(delivered.flatMap(\.fields).map(\.value) == ["value\u{fffd}x", "value\u{fffd}y"])
        }
    }

    @Test("a delivery without reports moves the cursor all the same")
    func noReports() async throws {
        try await Self.withJournal(1) { writer in
            let cursor = try Self.append([Self.projected(1, [])], to: writer)
            #expect(cursor == 1)
            #expect(try ProjectionDump(writer.location).count("report") == 0)
        }
    }

    @Test("a batch of which one row is refused shows nothing, and is written whole when it is tried again")
    func allOrNothing() async throws {
        let deliveries = [Self.projected(1), Self.projected(2, [.fixture(key: "bad")])]
        try await Self.withJournal(2) { writer in
            try PlainConnection.open(writer.location) { db in
                try db.execute(
                    sql: """
                        CREATE TRIGGER refusal BEFORE INSERT ON report WHEN NEW.problem = 'bad'
                        BEGIN SELECT RAISE(ABORT, 'no'); END
                        """)
            }
            let code = ResultCode.SQLITE_CONSTRAINT_TRIGGER.rawValue
            #expect(throws: ArchiveError.storageFailed(code: code)) { try Self.append(deliveries, to: writer) }
            let reader = try ArchiveReader(writer.location)
            #expect(try reader.reports(matching: ReportFilter()).isEmpty)
            #expect(try reader.unprojectedCount() == 2)
            try PlainConnection.open(writer.location) { try $0.execute(sql: "DROP TRIGGER refusal") }
            #expect(try Self.append(deliveries, to: writer) == 2)
            #expect(try reader.reports(matching: ReportFilter()).map(\.problem) == ["bad", "key"])
        }
    }
}
