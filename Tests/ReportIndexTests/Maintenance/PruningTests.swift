import Deliveries
import GRDB
import TestKit
import Testing

@testable import ReportArchive

/// What goes when its time is over, and what stays.
@Suite struct PruningTests {
    private static func withThree(_ body: (ArchiveWriter, ArchiveReader) async throws -> Void) async throws {
        let deliveries = [
            UpkeepArchive.delivery(key: "1", person: "ana", daysOld: 100),
            UpkeepArchive.delivery(key: "2", person: "ben", daysOld: 50),
            UpkeepArchive.delivery(key: "3", person: "ana", daysOld: 10),
        ]
        try await UpkeepArchive.with(deliveries, body)
    }

    private static func reports(_ reader: ArchiveReader, person: String) throws -> [Int64] {
        var filter = ReportFilter()
        filter.fields = [ReportField("person", person)]
        return try reader.reports(matching: filter).map(\.deliveryID.rawValue)
    }

    @Test("nothing goes where nothing is configured, or nothing is old enough")
    func nothing() async throws {
        try await Self.withThree { writer, reader throws in
            for retention in [Retention(), .of(keep: 101), .of("certn", keep: 1), .of(keepMetadata: 101)] {
                #expect(try reader.plan(retention) == [])
                #expect(try writer.prune(by: retention) == [])
            }
            #expect(try reader.readableIDs() == [1, 2, 3])
        }
    }

    @Test("'keep' takes the body alone: the row, its hash and what it said stay, and why it went is told")
    func bodies() async throws {
        try await Self.withThree { writer, reader in
            let before = try reader.check().end
            #expect(try writer.prune(by: .of(keep: 50)).texts == ["1 body", "2 body"])
            #expect(try reader.readableIDs() == [3])
            let failure = #expect(throws: ArchiveReadFailure.self) { try reader.delivery(DeliveryID(rawValue: 2)) }
            guard case .archive(let error) = failure else { return }
            #expect(error == .pruned(DeliveryID(rawValue: 2), reason: "keep 50d of its source is over"))
            #expect(try Self.reports(reader, person: "ana") == [3, 1])
            let first = try reader.reports(of: DeliveryID(rawValue: 1))
            #expect(first.map(\.report.kind) == ["income"])
            #expect(first.map(\.fields) == [[ReportField("person", "ana")]])
            let check = try reader.check()
            #expect(check.findings == [])
            #expect(check.prunedCount == 2)
            #expect(check.end == before)
        }
    }

    @Test("a body goes at the very moment its time is over, not a millisecond before")
    func boundary() async throws {
        try await Self.withThree { _, reader throws in
            let early = UpkeepArchive.now.advanced(byMilliseconds: -1)
            #expect(try reader.plan(.of(keep: 100), now: early) == [])
            #expect(try reader.plan(.of(keep: 100)).texts == ["1 body"])
        }
    }

    @Test("a time that is no whole second is kept to the millisecond, and told")
    func milliseconds() async throws {
        var terms = Retention.SourceTerms()
        terms.terms.keep = .milliseconds(100 * UpkeepArchive.dayMilliseconds + 500)
        let retention = Retention(sources: ["klavi": terms])
        try await Self.withThree { _, reader throws in
            #expect(try reader.plan(retention) == [])
            let later = UpkeepArchive.now.advanced(byMilliseconds: 500)
            #expect(try reader.plan(retention, now: later).map(\.reason) == ["keep 8640000500ms of its source is over"])
        }
    }

    @Test("'keep-metadata' takes everything; the numbers that are gone are one gap, and the chain is whole")
    func everything() async throws {
        try await Self.withThree { writer, reader in
            let before = try reader.check().end
            #expect(try writer.prune(by: .of(keepMetadata: 50)).texts == ["1 everything", "2 everything"])
            #expect(try reader.delivery(DeliveryID(rawValue: 1)) == nil)
            #expect(try Self.reports(reader, person: "ana") == [3])
            #expect(try Self.reports(reader, person: "ben") == [])
            #expect(
                try reader.strings("SELECT firstId || '-' || lastId || ' ' || reason FROM gap") == [
                    "1-2 keep-metadata 50d of its source is over"
                ])
            for table in ["body", "report", "field", "identity"] {
                #expect(try reader.number("SELECT count(*) FROM \(table)") == 1, "\(table)")
            }
            let check = try reader.check(against: before)
            #expect(check.findings == [])
            #expect(check.deliveryCount == 1)
        }
    }

    @Test("gaps of several runs lie side by side, whichever was first, and the chain is whole")
    func severalRuns() async throws {
        let deliveries = (1...6).map { number in
            UpkeepArchive.delivery(kind: number % 2 == 0 ? "even" : "odd", key: "\(number)")
        }
        func only(_ kind: String) -> Retention {
            var terms = Retention.SourceTerms()
            terms.routes[kind] = Retention.Terms(keepMetadata: .days(1))
            return Retention(sources: ["klavi": terms])
        }
        try await UpkeepArchive.with(deliveries) { writer, reader in
            #expect(try writer.prune(by: only("even")).texts == ["2 everything", "4 everything", "6 everything"])
            #expect(try reader.check().findings == [])
            #expect(try writer.prune(by: only("odd")).count == 3)
            #expect(try reader.number("SELECT count(*) FROM gap") == 6)
            let check = try reader.check()
            #expect(check.findings == [])
            #expect(check.deliveryCount == 0)
        }
    }

    @Test("a number is never used again, after the newest delivery was pruned and the archive opened anew as well")
    func numbering() async throws {
        try await TestArchive.withLocation { location in
            try await TestArchive.withWriter(at: location) { writer in
                try await writer.commitTogether([UpkeepArchive.delivery(key: "1"), UpkeepArchive.delivery(key: "2")])
                try writer.project()
                #expect(try writer.prune(by: .of(keepMetadata: 1)).count == 2)
                #expect(await writer.outcome(of: UpkeepArchive.delivery(key: "3")).id == 3)
                try writer.project()
                #expect(try writer.prune(by: .of(keepMetadata: 1)).count == 1)
            }
            try await TestArchive.withWriter(at: location) { writer in
                #expect(await writer.outcome(of: UpkeepArchive.delivery(key: "4")).id == 4)
                try writer.project()
                let check = try ArchiveReader(location).check()
                #expect(check.findings == [])
                #expect(check.end.id.rawValue == 4)
            }
        }
    }

    @Test("a delivery whose body went goes whole later, when that time is over too")
    func bodyThenRest() async throws {
        try await Self.withThree { writer, reader throws in
            let retention = Retention.of(keep: 5, keepMetadata: 60)
            #expect(try writer.prune(by: retention).texts == ["1 everything", "2 body", "3 body"])
            #expect(try writer.prune(by: retention) == [])
            let later = UpkeepArchive.now.advanced(byMilliseconds: 20 * UpkeepArchive.dayMilliseconds)
            #expect(try writer.prune(by: retention, now: later).texts == ["2 everything"])
            #expect(try reader.check().findings == [])
        }
    }

    @Test("what the projection has not reached is not looked at: nobody knows yet what it is")
    func unprojected() async throws {
        try await Self.withThree { writer, reader in
            try await writer.commitTogether([UpkeepArchive.delivery(key: "4")])
            #expect(try reader.plan(.of(keep: 1)).map(\.id.rawValue) == [1, 2, 3])
        }
    }

    @Test("nothing is taken that a rebuild, begun after the plan, has not reached: what it said would be lost")
    func rebuildMeanwhile() async throws {
        try await Self.withThree { writer, reader in
            let plan = try reader.plan(.of(keep: 1))
            try writer.clearProjection()
            #expect(try writer.prune(plan, at: UpkeepArchive.now) == [])
            try writer.project()
            #expect(try Self.reports(reader, person: "ana") == [3, 1])
            #expect(try writer.prune(plan, at: UpkeepArchive.now) == plan)
        }
    }

    @Test("a rebuild keeps what deliveries said whose bodies are gone")
    func rebuild() async throws {
        try await Self.withThree { writer, reader in
            try writer.prune(by: .of(keep: 20, keepMetadata: 70))
            let before = try ProjectionDump(writer.location)
            try writer.clearProjection()
            try writer.project()
            let after = try ProjectionDump(writer.location)
            // When deliveries arrived may be known better now: one of those that made a span is gone.
            for (table, rows) in before.rows where table != "span" { #expect(after.rows[table] == rows, "\(table)") }
            #expect(try Self.reports(reader, person: "ben") == [2])
            #expect(try Self.reports(reader, person: "ana") == [3])
        }
    }

    @Test("nothing is left to index after a rebuild, though the newest deliveries are gone")
    func rebuildWithoutTheNewest() async throws {
        try await Self.withThree { writer, reader in
            _ = try writer.placeHold(on: .delivery(DeliveryID(rawValue: 1)), reason: "x", at: UpkeepArchive.now)
            #expect(try writer.prune(by: .of(keepMetadata: 1)).texts == ["2 everything", "3 everything"])
            try writer.clearProjection()
            try writer.project()
            #expect(try reader.unprojectedCount() == 0)
            try await writer.commitTogether([UpkeepArchive.delivery(key: "4", person: "eva")])
            #expect(try reader.unprojectedCount() > 0)
            try writer.project()
            #expect(try reader.unprojectedCount() == 0)
            #expect(try Self.reports(reader, person: "eva") == [4])
        }
    }

    @Test("what was pruned whole and comes again is a new report; what is still known is not")
    func comesAgain() async throws {
        try await Self.withThree { writer, reader in
            try writer.prune(by: .of(keep: 20, keepMetadata: 70))
            try await writer.commitTogether([
                UpkeepArchive.delivery(key: "1", person: "ana", daysOld: 1),
                UpkeepArchive.delivery(key: "2", person: "ben", daysOld: 1),
            ])
            try writer.project()
            let reports = try reader.reports(matching: ReportFilter())
            #expect(reports.map(\.deliveryID.rawValue) == [4, 3, 2])
            #expect(reports.map(\.attemptCount) == [1, 1, 2])
        }
    }

    @Test("an age is counted from the arrival, though a report is as old as its last one")
    func lastArrival() async throws {
        let deliveries = [
            UpkeepArchive.delivery(key: "1", daysOld: 100), UpkeepArchive.delivery(key: "1", daysOld: 10),
        ]
        try await UpkeepArchive.with(deliveries) { writer, reader throws in
            #expect(try reader.plan(.of(keepMetadata: 50)) == [])
            #expect(try writer.prune(by: .of(keep: 50)).texts == ["1 body"])
            #expect(try reader.readableIDs() == [2])
        }
    }

    @Test("a delivery that brought a report first stays until those that brought it again are gone")
    func repeats() async throws {
        let body = SealedBody.raw([UInt8](repeating: 0x61, count: 100))
        let deliveries = (1...3).map { _ in UpkeepArchive.delivery(key: "1", person: "ana", body: body) }
        try await UpkeepArchive.with(deliveries) { writer, reader throws in
            let retention = Retention.of(keep: 1, keepMetadata: 2)
            #expect(try writer.prune(by: retention).texts == ["1 body", "2 everything", "3 everything"])
            #expect(try Self.reports(reader, person: "ana") == [1])
            #expect(try reader.check().findings == [])
            #expect(try writer.prune(by: retention).texts == ["1 everything"])
            #expect(try reader.check().findings == [])
            #expect(try reader.number("SELECT count(*) FROM report") == 0)
            #expect(try reader.number("SELECT count(*) FROM attempt") == 0)
        }
    }

    @Test("a body that others share is handed to the first of them that stays", arguments: 1...4)
    func sharedBodies(count: Int) async throws {
        let body = [UInt8](repeating: 0x61, count: 500)
        let deliveries = (0..<5).map { index in
            UpkeepArchive.delivery(key: "1", daysOld: 100 - Int64(index), body: .raw(body))
        }
        try await UpkeepArchive.with(deliveries) { writer, reader in
            #expect(try reader.strings("SELECT encoding FROM body") == ["raw", "same", "same", "same", "same"])
            #expect(try writer.prune(by: .of(keep: Int64(101 - count))).count == count)
            #expect(try reader.readableIDs() == (1...5).dropFirst(count).map(Int64.init))
            for id in try reader.readableIDs() {
                #expect(try reader.delivery(DeliveryID(rawValue: id))?.request.body == body)
            }
            #expect(try reader.number("SELECT count(*) FROM body WHERE encoding = 'raw'") == 1)
            #expect(try reader.check().findings == [])
        }
    }

    @Test("a promoted delivery and its replays go with it")
    func recordsOfIt() async throws {
        try await UpkeepArchive.with([UpkeepArchive.delivery(key: "1")]) { writer, reader in
            #expect(writer.quarantine(.fixture()))
            let promoted = try writer.promote(
                QuarantineID(rawValue: 1), as: UpkeepArchive.delivery(key: "2"), at: .fixture, forcedBecause: "x")
            #expect(promoted?.rawValue == 2)
            try writer.record(.fixture(deliveryID: 2))
            try writer.project()
            #expect(try writer.prune(by: .of(keepMetadata: 1)).count == 2)
            #expect(try reader.number("SELECT count(*) FROM promotion") == 0)
            #expect(try reader.number("SELECT count(*) FROM replay") == 0)
            #expect(try reader.check().findings == [])
        }
    }

    @Test("a delivery number at the end of what a number can be has nothing after it")
    func numberAtTheEnd() async throws {
        try await Self.withThree { _, reader in
            let ends: [Int64] = [.max, .max - 1, 1 << 43, (1 << 43) - 1]
            for last in ends {
                let slice = try reader.pruning(
                    by: .of(keep: 1), after: DeliveryID(rawValue: last), now: UpkeepArchive.now)
                #expect(slice.last == nil)
                #expect(slice.decisions == [])
                #expect(try reader.reports(of: DeliveryID(rawValue: last)).isEmpty)
            }
        }
    }

    @Test("what another run took meanwhile is not taken again, and keeps the reason it went for")
    func goneMeanwhile() async throws {
        try await Self.withThree { writer, reader in
            let plan = try reader.plan(.of(keep: 20, keepMetadata: 70))
            #expect(plan.texts == ["1 everything", "2 body"])
            #expect(try writer.prune(plan, at: UpkeepArchive.now) == plan)
            #expect(try writer.prune(plan, at: UpkeepArchive.now.advanced(byMilliseconds: 1)) == [])
            #expect(try reader.check().findings == [])
            #expect(try reader.number("SELECT count(*) FROM gap") == 1)
            #expect(try reader.number("SELECT count(*) FROM pruning") == 1)
        }
    }
}
