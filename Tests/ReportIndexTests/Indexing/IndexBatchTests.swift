import Deliveries
import GRDB
import TestKit
import Testing

@testable import ReportArchive

/// Batches written in parts, and what a crash between two of them leaves.
@Suite struct ProjectionBatchTests {
    private static let body = SealedBody.raw(#"{"note":""# + String(repeating: "0123456789", count: 10) + #""}"#)

    /// The reports of six deliveries: repeats in a batch and of an earlier one, one that stands twice, fields in no order.
    private static let reports: [[RoutedReport]] = [
        [report("a", [("linkId", "1"), ("cpf", "9")])],
        [report("b", []), report("c", [("z", "1"), ("a", "1")])],
        [report("c", [("z", "2")]), report("d", [("cpf", "9"), ("linkId", "0")]), report("d", [])],
        [],
        [report("a", []), report("e", [("linkId", "1")], kind: "other"), report("d", [])],
        [report("e", []), report("a", [])],
    ]

    private static func report(_ key: String, _ fields: [(String, String)], kind: String = "status") -> RoutedReport {
        .fixture(
            kind: kind, key: key, fields: fields.map(ReportField.init),
            route: key == "b" ? nil : .init(rule: .all, box: key))
    }

    private static let deliveries = reports.enumerated().map { index, reports in
        ProjectedDelivery.fixture(
            Int64(index) + 1, receivedAt: Timestamp.fixture.advanced(byMilliseconds: Int64(index % 4) * 1000), reports)
    }

    /// Runs `body` with an archive in which the first two deliveries are projected.
    private static func withArchive(_ body: (ArchiveWriter) throws -> Void) async throws {
        try await TestArchive.withWriter { writer in
            try await writer.commitAll(
                deliveries.map { .fixture(receivedAt: $0.receivedAt, body: Self.body) })
            try writer.project(Array(deliveries[0..<2]))
            try body(writer)
        }
    }

    private static let rest = Array(deliveries[2...])

    /// The tables after an undisturbed run.
    private static func undisturbed() async throws -> ProjectionDump {
        var dump: ProjectionDump?
        try await withArchive { writer in
            try writer.project(rest, after: 2)
            dump = try ProjectionDump(writer.location)
        }
        return try #require(dump)
    }

    /// The number of the smallest possible parts.
    private static func partCount() async throws -> Int {
        var count = 0
        try await withArchive { writer in
            let batch = ProjectionBatch(rest, after: 2)
            while try !writer.writeParts(of: batch, atMost: 1) { count += 1 }
        }
        return count + 1
    }

    @Test("parts of one row each come to what one part does")
    func smallestParts() async throws {
        let expected = try await Self.undisturbed()
        #expect(try await Self.partCount() > 12)
        try await Self.withArchive { writer in
            try writer.writeParts(of: ProjectionBatch(Self.rest, after: 2))
            #expect(try ProjectionDump(writer.location) == expected)
        }
    }

    @Test("a batch cut off after any part and written again from the cursor comes to what an undisturbed run does")
    func crash() async throws {
        let expected = try await Self.undisturbed()
        for count in 0..<(try await Self.partCount()) {
            try await Self.withArchive { writer in
                #expect(try !writer.writeParts(of: ProjectionBatch(Self.rest, after: 2), atMost: count))
                try writer.project(Self.rest, after: 2)
                let dump = try ProjectionDump(writer.location)
                for (table, rows) in expected.rows {
                    #expect(dump.rows[table] == rows, "\(table) after \(count) parts")
                }
            }
        }
    }

    @Test("so does one that is cut off and written again as two smaller ones, each cut off as well")
    func smallerBatches() async throws {
        let expected = try await Self.undisturbed()
        for count in 0..<(try await Self.partCount()) {
            try await Self.withArchive { writer in
                try writer.writeParts(of: ProjectionBatch(Self.rest, after: 2), atMost: count)
                for (range, previous) in [(0..<2, Int64(2)), (2..<4, 4)] {
                    let batch = Array(Self.rest[range])
                    try writer.writeParts(of: ProjectionBatch(batch, after: previous), atMost: count / 2)
                    if try ProjectionDump(writer.location).cursor == previous {
                        try writer.project(batch, after: previous)
                    }
                }
                let dump = try ProjectionDump(writer.location)
                for (table, rows) in expected.rows {
                    #expect(dump.rows[table] == rows, "\(table) after \(count) parts")
                }
            }
        }
    }

    @Test("until the last part is written, queries give what they gave before the batch")
    func nothingBeyondTheCursor() async throws {
        try await Self.withArchive { writer in
            let reader = try ArchiveReader(writer.location)
            let filters = Self.filters
            let before = try filters.map { try reader.reports(matching: $0).map(Row.init) }
            #expect(before.contains { !$0.isEmpty })
            let batch = ProjectionBatch(Self.rest, after: 2)
            while try !writer.writeParts(of: batch, atMost: 1) {
                let now = try filters.map { try reader.reports(matching: $0).map(Row.init) }
                #expect(now == before)
                #expect(try reader.unprojectedCount() == 4)
            }
            #expect(try filters.map { try reader.reports(matching: $0).map(Row.init) } != before)
        }
    }

    @Test("until the last part is written, a report has come as often as the deliveries before the batch say")
    func attemptsBeyondTheCursor() async throws {
        try await Self.withArchive { writer in
            let reader = try ArchiveReader(writer.location)
            let batch = ProjectionBatch(Self.rest, after: 2)
            while try !writer.writeParts(of: batch, atMost: 1) {
                let reports = try reader.reports(matching: ReportFilter())
                #expect(reports.map(\.attemptCount) == [1, 1, 1])
                #expect(reports.map(\.lastDeliveryID.rawValue) == [2, 2, 1])
            }
        }
    }

    @Test("until the last part is written, a delivery of the batch has brought nothing yet")
    func deliveriesBeyondTheCursor() async throws {
        try await Self.withArchive { writer in
            let reader = try ArchiveReader(writer.location)
            let batch = ProjectionBatch(Self.rest, after: 2)
            while try !writer.writeParts(of: batch, atMost: 1) {
                for id in Int64(3)...6 { #expect(try reader.reports(of: DeliveryID(rawValue: id)).isEmpty) }
            }
        }
    }

    @Test("a batch whose tables were emptied meanwhile ends and writes nothing more", arguments: [0, 1, 5, 9, 12])
    func obsolete(partCount: Int) async throws {
        try await Self.withArchive { writer in
            let batch = ProjectionBatch(Self.rest, after: 2)
            try writer.writeParts(of: batch, atMost: partCount)
            try writer.clearProjection()
            let cleared = try ProjectionDump(writer.location)
            #expect(try writer.writeParts(of: batch, atMost: 1))
            #expect(try ProjectionDump(writer.location) == cleared)
        }
        let expected = try await Self.undisturbed()
        try await Self.withArchive { writer in
            try writer.writeParts(of: ProjectionBatch(Self.rest, after: 2), atMost: partCount)
            try writer.clearProjection()
            try writer.project(Self.deliveries)
            let dump = try ProjectionDump(writer.location)
            for (table, rows) in expected.rows where table != "body" { #expect(dump.rows[table] == rows, "\(table)") }
        }
    }

    @Test("a batch ends where the tables are being emptied")
    func whileEmptied() async throws {
        try await Self.withArchive { writer in
            try writer.perform { try ProjectionTables.beginClearing($0) }
            let before = try ProjectionDump(writer.location)
            #expect(try writer.writeParts(of: ProjectionBatch(Self.rest, after: 2), atMost: 1))
            #expect(try ProjectionDump(writer.location) == before)
            #expect(try ArchiveReader(writer.location).reports(matching: ReportFilter()).isEmpty)
        }
    }

    @Test("a key whose report never came is given to the first delivery that brings it, and the next one is its repeat")
    func danglingIdentity() async throws {
        try await TestArchive.withWriter { writer in
            try await writer.commitAll(Array(repeating: .fixture(), count: 3))
            let identity = ProjectionBatch.identity("klavi", "key")
            try writer.perform { db in
                let insert = try BoundStatement(db.makeStatement(sql: "INSERT INTO identity VALUES (?, ?)"))
                try insert.bind(2, ArrivalID(1, 1).rawValue)
                try insert.run((1, identity))
            }
            try writer.project([.fixture(1, []), .fixture(2), .fixture(3)])
            let reports = try ArchiveReader(writer.location).reports(matching: ReportFilter())
            #expect(reports.map(\.deliveryID.rawValue) == [2])
            #expect(reports.map(\.attemptCount) == [2])
        }
    }

    @Test("emptying in the smallest parts, cut off after any of them and begun anew, leaves nothing")
    func clearing() async throws {
        try await Self.withArchive { writer in
            try writer.project(Self.rest, after: 2)
            var partCount = 0
            var isDone = false
            while !isDone {
                partCount += 1
                try writer.perform { try ProjectionTables.beginClearing($0) }
                let clearing = ProjectionClearing()
                for _ in 0..<partCount where !isDone {
                    isDone = try writer.perform { try clearing.clearPart($0, .atOnce()) } == .finished
                    #expect(try ArchiveReader(writer.location).reports(matching: ReportFilter()).isEmpty)
                }
            }
            let dump = try ProjectionDump(writer.location)
            #expect(ProjectionDump.tables.map(dump.count) == [0, 0, 0, 0, 0, 1])
            #expect(dump.cursor == 0)
            #expect(partCount > 3)
        }
    }

    @Test("emptying that was cut off is ended by the projector, which then fills the tables")
    func cutOffClearing() async throws {
        try await TestArchive.withWriter { writer in
            try await writer.commitAll(["/a", "/b", "/a"].map { .fixture(target: $0) })
            try Projector.byTarget(writer).catchUp()
            let before = try ProjectionDump(writer.location)
            try writer.perform { db in
                try ProjectionTables.beginClearing(db)
                _ = try ProjectionClearing().clearPart(db, .atOnce())
            }
            #expect(try ArchiveReader(writer.location).unprojectedCount() == 3)
            try Projector.byTarget(writer).catchUp()
            #expect(try ProjectionDump(writer.location) == before)
        }
    }

    /// One for each way in which candidates are found.
    private static let filters: [ReportFilter] = {
        var filters = Array(repeating: ReportFilter(), count: 8)
        filters[1].kinds = ["status", "other"]
        filters[2].fields = [ReportField("linkId", "1"), ReportField("linkId", "0")]
        filters[3].listsAttempts = true
        (filters[4].listsAttempts, filters[4].fields) = (true, [ReportField("linkId", "1")])
        filters[5].since = .fixture
        filters[6].latestPer = .link
        filters[7].boxes = ["a", "d", "e"]
        return filters
    }()

    /// What a query says of where a report is, without how often it came.
    private struct Row: Equatable {
        let problem: String?
        let arrival: ReportID
        let box: String?

        init(_ report: ReportSummary) {
            problem = report.problem
            arrival = report.arrivalID
            box = report.route?.box
        }
    }
}
