import ArchiveTestKit
import Deliveries
import GRDB
import TestKit
import Testing

@testable import Journal
@testable import ReportIndex

@Suite struct PruningTests {
    private static func withThree(_ body: (IndexArchive, ArchiveReader) async throws -> Void) async throws {
        let deliveries = [
            MaintenanceArchive.delivery(key: "1", person: "ana", daysOld: 100),
            MaintenanceArchive.delivery(key: "2", person: "ben", daysOld: 50),
            MaintenanceArchive.delivery(key: "3", person: "ana", daysOld: 10),
        ]
        try await MaintenanceArchive.with(deliveries, body)
    }

    private static func reports(_ reader: ArchiveReader, person: String) throws -> [Int64] {
        var filter = ReportFilter()
        filter.fields = [ReportField("person", person)]
        return try reader.reports(matching: filter).map(\.deliveryID.rawValue)
    }

    @Test("no delivery is pruned without retention terms, or before its retention time has ended")
    func nothing() async throws {
        try await Self.withThree { archive, reader throws in
            for retention in [Retention(), .of(keep: 101), .of("certn", keep: 1), .of(keepMetadata: 101)] {
                #expect(try reader.plan(retention) == [])
                #expect(try archive.prune(by: retention) == [])
            }
            #expect(try reader.readableIDs() == [1, 2, 3])
        }
    }

    @Test("after 'keep', only the body is pruned, and the entry, its hash and its reports remain")
    func bodies() async throws {
        try await Self.withThree { archive, reader in
            let before = try archive.verify().end
            #expect(try archive.prune(by: .of(keep: 50)).texts == ["1 body", "2 body"])
            #expect(try reader.readableIDs() == [3])
            let reason = "older than 'keep: 50d' of the source"
            #expect(throws: ArchiveError.pruned(DeliveryID(rawValue: 2), reason: reason)) {
                try reader.delivery(DeliveryID(rawValue: 2))
            }
            #expect(try Self.reports(reader, person: "ana") == [3, 1])
            let first = try reader.reports(of: DeliveryID(rawValue: 1))
            #expect(first.map(\.report.type) == ["income"])
            #expect(first.map(\.fields) == [[ReportField("person", "ana")]])
            let check = try archive.verify()
            #expect(check.findings == [])
            #expect(check.prunedCount == 2)
            #expect(try archive.verify(against: before).findings == [])
            #expect(check.end.position == 4)
        }
    }

    @Test(
        "a body is pruned when its retention time has ended, to the millisecond",
        arguments: [(0, "100d"), (500, "8640000500ms"), (1000, "8640001s")])
    func boundary(milliseconds: Int64, time: String) async throws {
        var terms = Retention.SourceTerms()
        terms.terms.keep = .milliseconds(100 * MaintenanceArchive.dayMilliseconds + milliseconds)
        let retention = Retention(sources: ["klavi": terms])
        try await Self.withThree { _, reader throws in
            let end = MaintenanceArchive.now.advanced(byMilliseconds: milliseconds)
            #expect(try reader.plan(retention, now: end.advanced(byMilliseconds: -1)) == [])
            let plan = try reader.plan(retention, now: end)
            #expect(plan.texts == ["1 body"])
            #expect(plan.map(\.reason) == ["older than 'keep: \(time)' of the source"])
        }
    }

    @Test("after 'keep-metadata', entries are removed, adjacent positions become one gap, and the chain is intact")
    func everything() async throws {
        try await Self.withThree { archive, reader in
            let before = try archive.verify().end
            #expect(try archive.prune(by: .of(keepMetadata: 50)).texts == ["1 everything", "2 everything"])
            #expect(try reader.delivery(DeliveryID(rawValue: 1)) == nil)
            #expect(try Self.reports(reader, person: "ana") == [3])
            #expect(try Self.reports(reader, person: "ben") == [])
            #expect(
                try reader.strings("SELECT firstPosition || '-' || lastPosition || ' ' || recordedBy FROM gap") == [
                    "1-2 4"
                ])
            let expiry = ExpiryRecord(reason: "older than 'keep-metadata: 50d' of the source", runs: [1...2])
            #expect(try archive.writer.reader().record(4) == .expiry(expiry))
            for table in ["delivery", "report", "field", "identity"] {
                #expect(try reader.number("SELECT count(*) FROM \(table)") == 1, "\(table)")
            }
            let check = try archive.verify(against: before)
            #expect(check.findings == [])
            #expect(check.deliveryCount == 1)
        }
    }

    @Test("gaps from several pruning runs can be adjacent, and the chain is intact")
    func severalRuns() async throws {
        let deliveries = (1...6).map { number in
            MaintenanceArchive.delivery(type: number % 2 == 0 ? "even" : "odd", key: "\(number)")
        }
        func only(_ type: String) -> Retention {
            var terms = Retention.SourceTerms()
            terms.routes[type] = Retention.Terms(keepMetadata: .days(1))
            return Retention(sources: ["klavi": terms])
        }
        try await MaintenanceArchive.with(deliveries) { archive, reader in
            #expect(try archive.prune(by: only("even")).texts == ["2 everything", "4 everything", "6 everything"])
            #expect(try archive.verify().findings == [])
            #expect(try archive.prune(by: only("odd")).count == 3)
            #expect(try reader.number("SELECT count(*) FROM gap") == 6)
            let check = try archive.verify()
            #expect(check.findings == [])
            #expect(check.deliveryCount == 0)
        }
    }

    @Test("a position is never reused, even after the newest delivery was removed and the archive was reopened")
    func numbering() async throws {
        try await TestArchive.withDirectory { directory in
            try await IndexArchive.with(at: directory) { archive in
                try await archive.commitTogether([
                    MaintenanceArchive.delivery(key: "1"), MaintenanceArchive.delivery(key: "2"),
                ])
                try archive.index(MaintenanceArchive.parser)
                #expect(try archive.prune(by: .of(keepMetadata: 1)).count == 2)
                #expect(await archive.writer.outcome(of: MaintenanceArchive.delivery(key: "3")).id == 4)
                try archive.index()
                #expect(try archive.prune(by: .of(keepMetadata: 1)).count == 1)
            }
            try await IndexArchive.with(at: directory) { archive in
                #expect(await archive.writer.outcome(of: MaintenanceArchive.delivery(key: "4")).id == 6)
                let check = try archive.verify()
                #expect(check.findings == [])
                #expect(check.end.position == 6)
            }
        }
    }

    @Test("a delivery whose body was pruned is removed when 'keep-metadata' has also ended")
    func bodyThenRest() async throws {
        try await Self.withThree { archive, reader throws in
            let retention = Retention.of(keep: 5, keepMetadata: 60)
            #expect(try archive.prune(by: retention).texts == ["1 everything", "2 body", "3 body"])
            #expect(try archive.prune(by: retention) == [])
            let later = MaintenanceArchive.now.advanced(byMilliseconds: 20 * MaintenanceArchive.dayMilliseconds)
            #expect(try archive.prune(by: retention, now: later).texts == ["2 everything"])
            #expect(try archive.verify().findings == [])
        }
    }

    @Test("a delivery that is not indexed yet is not pruned")
    func unindexed() async throws {
        try await Self.withThree { archive, reader in
            try await archive.commitTogether([MaintenanceArchive.delivery(key: "4")])
            #expect(try reader.plan(.of(keep: 1)).map(\.id.rawValue) == [1, 2, 3])
        }
    }

    @Test("a rebuild keeps the reports of pruned deliveries")
    func rebuild() async throws {
        try await Self.withThree { archive, reader in
            try archive.prune(by: .of(keep: 20, keepMetadata: 70))
            let before = try IndexDump(archive.directory)
            try archive.rebuild()
            let after = try IndexDump(archive.directory)
            for (table, rows) in before.rows { #expect(after.rows[table] == rows, "\(table)") }
            let reader = try archive.reader()
            #expect(try Self.reports(reader, person: "ben") == [2])
            #expect(try Self.reports(reader, person: "ana") == [3])
        }
    }

    @Test("after a rebuild no entry is left to be indexed, even if the newest deliveries were removed")
    func rebuildWithoutTheNewest() async throws {
        try await Self.withThree { archive, _ in
            _ = try archive.hold(.delivery(DeliveryID(rawValue: 1)))
            #expect(try archive.prune(by: .of(keepMetadata: 1)).texts == ["2 everything", "3 everything"])
            try archive.rebuild()
            let reader = try archive.reader()
            #expect(try reader.unindexedCount() == 0)
            try await archive.commitTogether([MaintenanceArchive.delivery(key: "4", person: "eva")])
            #expect(try reader.unindexedCount() == 1)
            try archive.index()
            #expect(try reader.unindexedCount() == 0)
            #expect(try Self.reports(reader, person: "eva") == [6])
        }
    }

    @Test("a report that arrives again is new if its delivery was removed, and a repeat if only its body was pruned")
    func comesAgain() async throws {
        try await Self.withThree { archive, reader in
            try archive.prune(by: .of(keep: 20, keepMetadata: 70))
            try await archive.commitTogether([
                MaintenanceArchive.delivery(key: "1", person: "ana", daysOld: 1),
                MaintenanceArchive.delivery(key: "2", person: "ben", daysOld: 1),
            ])
            try archive.index()
            let reports = try reader.reports(matching: ReportFilter())
            #expect(reports.map(\.deliveryID.rawValue) == [6, 3, 2])
            #expect(reports.map(\.attemptCount) == [1, 1, 2])
        }
    }

    @Test("the age of a body starts at its arrival, and the age of a report at its last arrival")
    func lastArrival() async throws {
        let deliveries = [
            MaintenanceArchive.delivery(key: "1", daysOld: 100), MaintenanceArchive.delivery(key: "1", daysOld: 10),
        ]
        try await MaintenanceArchive.with(deliveries) { archive, reader throws in
            #expect(try reader.plan(.of(keepMetadata: 50)) == [])
            #expect(try archive.prune(by: .of(keep: 50)).texts == ["1 body"])
            #expect(try reader.readableIDs() == [2])
        }
    }

    @Test("the first delivery of a report is removed after its repeats")
    func repeats() async throws {
        let deliveries = (1...3).map { _ in MaintenanceArchive.delivery(key: "1", person: "ana") }
        try await MaintenanceArchive.with(deliveries) { archive, reader throws in
            let retention = Retention.of(keep: 1, keepMetadata: 2)
            #expect(try archive.prune(by: retention).texts == ["1 body", "2 everything", "3 everything"])
            #expect(try Self.reports(reader, person: "ana") == [1])
            #expect(try archive.verify().findings == [])
            #expect(try archive.prune(by: retention).texts == ["1 everything"])
            #expect(try archive.verify().findings == [])
            #expect(try reader.number("SELECT count(*) FROM report") == 0)
            #expect(try reader.number("SELECT count(*) FROM attempt") == 0)
        }
    }

    @Test("the release record and the replays of a delivery are removed with it")
    func recordsOfIt() async throws {
        try await MaintenanceArchive.with([MaintenanceArchive.delivery(key: "1")]) { archive, reader in
            let delivery = MaintenanceArchive.delivery(key: "2")
            let release = ReleaseRecord(
                delivery: delivery.uuid, quarantineID: 1, verification: .failed, reason: "no", forcedBecause: "x")
            #expect(
                try archive.writer.append([.delivery(delivery), .record(.release(release))], at: .fixture) == [
                    2, 3,
                ])
            try archive.record(.replay(.fixture(deliveryID: 2)))
            #expect(try reader.release(of: DeliveryID(rawValue: 2))?.forcedBecause == "x")
            #expect(try reader.replays(of: DeliveryID(rawValue: 2)).count == 1)
            #expect(try archive.prune(by: .of(keepMetadata: 1)).count == 2)
            #expect(try reader.number("SELECT count(*) FROM quarantineRelease") == 0)
            #expect(try reader.number("SELECT count(*) FROM replay") == 0)
            #expect(try archive.verify().findings == [])
        }
    }

    @Test("the slice after the highest possible delivery ID is empty")
    func numberAtTheEnd() async throws {
        try await Self.withThree { _, reader in
            let ends: [Int64] = [.max, .max - 1, 1 << 43, (1 << 43) - 1]
            for last in ends {
                let slice = try reader.pruning(
                    by: .of(keep: 1), after: DeliveryID(rawValue: last), now: MaintenanceArchive.now)
                #expect(slice.last == nil)
                #expect(slice.decisions == [])
                #expect(try reader.reports(of: DeliveryID(rawValue: last)).isEmpty)
            }
        }
    }

    @Test("if another run has pruned a body first, the time of that pruning is kept")
    func goneMeanwhile() async throws {
        try await Self.withThree { archive, reader in
            let retention = Retention.of(keep: 20, keepMetadata: 70)
            let slice = try reader.pruning(by: retention, after: nil, now: MaintenanceArchive.now)
            #expect(slice.decisions.texts == ["1 everything", "2 body"])
            #expect(Set(try archive.carryOut(slice).texts) == ["1 everything", "2 body"])
            #expect(try archive.carryOut(slice, at: MaintenanceArchive.now.advanced(byMilliseconds: 1)) == [])
            #expect(try archive.verify().findings == [])
            #expect(try reader.number("SELECT count(*) FROM gap") == 1)
            #expect(try archive.verify().recordCount == 2)
            let kept = try reader.keptDelivery(DeliveryID(rawValue: 2))
            #expect(kept?.pruning?.prunedAt == MaintenanceArchive.now)
        }
    }
}
