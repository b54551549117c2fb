import ArchiveTestKit
import Deliveries
import GRDB
import Journal
import ReportIndex
import TestKit
import Testing

@Suite("Follow-ups")
struct FollowUpTests {
    private static func order(_ subject: String, task: String = "centric-case", source: String = "certn")
        -> FollowUpOrder
    {
        FollowUpOrder(source: source, task: task, subject: subject, cause: DeliveryID(rawValue: 1))
    }

    private static func time(_ seconds: Int64) -> Timestamp {
        Timestamp.fixture.advanced(byMilliseconds: seconds * 1000)
    }

    private static func subjects(_ reader: ArchiveReader, at seconds: Int64, limit: Int = 100) throws -> [String] {
        try reader.dueFollowUps(at: time(seconds), limit: limit).map(\.order.subject)
    }

    @Test("a new follow-up is due at once and is unchanged after storing")
    func ordered() async throws {
        try await IndexArchive.with { archive in
            let orders = [
                Self.order("o-1"), FollowUpOrder(source: "ezid", task: "ezid-claims", subject: "'\"é"),
                Self.order(String(repeating: "x", count: 1 << 20)),
            ]
            try archive.order(orders)
            let reader = try archive.reader()
            let due = try reader.dueFollowUps(at: .fixture, limit: 9)
            #expect(due.map(\.order) == orders)
            #expect(due.map(\.attemptCount) == [0, 0, 0])
            #expect(try reader.dueFollowUps(at: Self.time(-1), limit: 9).isEmpty)
            #expect(try reader.followUpCursor() == nil)
        }
    }

    @Test("a follow-up with the same source, task and subject is stored only once")
    func once() async throws {
        try await IndexArchive.with { archive in
            let reader = try archive.reader()
            try archive.order([Self.order("o-1"), Self.order("o-1")])
            let first = try #require(try reader.dueFollowUps(at: .fixture, limit: 9).first)
            try archive.conclude(first.id, .done(nil))
            try archive.order(
                [FollowUpOrder(source: "certn", task: "centric-case", subject: "o-1", cause: DeliveryID(rawValue: 9))],
                at: Self.time(5))
            #expect(try Self.counts(reader) == "waiting: 0, done: 1, failed: 0")
            try archive.order(
                [Self.order("o-2"), Self.order("o-1", task: "centric-report"), Self.order("o-1", source: "second")],
                at: .fixture)
            #expect(try Self.counts(reader) == "waiting: 3, done: 1, failed: 0")
        }
    }

    @Test("the follow-up cursor is the highest recorded position, even after a rebuild")
    func cursor() async throws {
        try await IndexArchive.with { archive in
            let reader = try archive.reader()
            #expect(try reader.followUpCursor() == nil)
            for (recorded, cursor) in [(4, 4), (7, 7), (5, 7)] as [(Int64, Int64)] {
                try archive.record(.followUpCursor(FollowUpCursorRecord(position: DeliveryID(rawValue: recorded))))
                #expect(try reader.followUpCursor()?.rawValue == cursor)
            }
            try archive.order([Self.order("o-1")])
            #expect(try reader.followUpCursor()?.rawValue == 7)
            try archive.rebuild()
            #expect(try archive.reader().followUpCursor()?.rawValue == 7)
        }
    }

    @Test("a reindex keeps a follow-up cursor that is only in the index, not in the journal")
    func movedCursor() async throws {
        try await IndexArchive.with { archive in
            let indexer = try Indexer(archive.directory, parser: .byTarget)
            try indexer.moveFollowUpCursor(to: 9)
            try indexer.reindex()
            indexer.close()
            #expect(try archive.reader().followUpCursor()?.rawValue == 9)
        }
    }

    @Test("due follow-ups are sorted by waiting time, longest first, up to the limit")
    func dueOrder() async throws {
        try await IndexArchive.with { archive in
            let reader = try archive.reader()
            try archive.order([Self.order("b"), Self.order("c")], at: Self.time(20))
            try archive.order([Self.order("a")], at: Self.time(10))
            try archive.order([Self.order("d")], at: Self.time(30))
            #expect(try Self.subjects(reader, at: 20) == ["a", "b", "c"])
            #expect(try Self.subjects(reader, at: 100) == ["a", "b", "c", "d"])
            #expect(try Self.subjects(reader, at: 100, limit: 2) == ["a", "b"])
            #expect(try Self.subjects(reader, at: 9) == [])
        }
    }

    @Test("a retry is due at its time and increases the number of tries")
    func tryAgain() async throws {
        try await IndexArchive.with { archive in
            let reader = try archive.reader()
            try archive.order([Self.order("a")])
            for attempt in 1...3 {
                let due = try #require(try reader.dueFollowUps(at: Self.time(1000), limit: 1).first)
                #expect(due.attemptCount == attempt - 1)
                let next = Int64(attempt) * 10
                try archive.conclude(due.id, .retry(at: Self.time(next), problem: "503"))
                #expect(try Self.subjects(reader, at: next - 1) == [])
                #expect(try Self.subjects(reader, at: next) == ["a"])
            }
            #expect(try Self.counts(reader) == "waiting: 1, done: 0, failed: 0")
            #expect(try Self.row(archive) == "waiting 3 - 503")
        }
    }

    @Test(
        "a finished follow-up is never due",
        arguments: [
            (FollowUpOutcome.done(DeliveryID(rawValue: 7)), "done 2 7 -"), (.done(nil), "done 2 - -"),
            (.failed(problem: "404: 'no'"), "failed 2 - 404: 'no'"),
        ])
    func concluded(outcome: FollowUpOutcome, row: String) async throws {
        try await IndexArchive.with { archive in
            let reader = try archive.reader()
            try archive.order([Self.order("a"), Self.order("other")])
            let id = try #require(try reader.dueFollowUps(at: .fixture, limit: 1).first).id
            try archive.conclude(id, .retry(at: Self.time(1), problem: "503"))
            try archive.conclude(id, outcome)
            #expect(try Self.subjects(reader, at: 1_000_000) == ["other"])
            #expect(try Self.row(archive) == row)
        }
    }

    @Test("a try of an unknown follow-up has no effect")
    func unknown() async throws {
        try await IndexArchive.with { archive in
            try archive.order([Self.order("a")])
            for id in [0, 2, -1, .max] as [Int64] { try archive.conclude(id, .failed(problem: "")) }
            #expect(try Self.counts(archive.reader()) == "waiting: 1, done: 0, failed: 0")
        }
    }

    @Test("follow-ups are listed newest first, by state, with their results")
    func listed() async throws {
        try await IndexArchive.with { archive in
            let orders = ["a", "b", "c"].map { FollowUpOrder(source: "certn", task: "centric-case", subject: $0) }
            try archive.order(orders)
            let later = Timestamp.fixture.advanced(byMilliseconds: 60_000)
            try archive.conclude(1, .done(DeliveryID(rawValue: 9)))
            try archive.conclude(2, .retry(at: later, problem: "not yet"))
            try archive.conclude(3, .failed(problem: "given up"))
            let reader = try archive.reader()
            let all = try reader.followUps()
            #expect(all.map(\.followUp.id) == [3, 2, 1])
            #expect(all.map(\.state) == [.failed, .waiting, .done])
            #expect(all.map(\.problem) == ["given up", "not yet", nil])
            #expect(all.map(\.nextAttemptAt) == [nil, later, nil])
            #expect(all.map(\.fetched?.rawValue) == [nil, nil, 9])
            #expect(all.map(\.followUp.attemptCount) == [1, 1, 1])
            #expect(try reader.followUps(in: [.failed, .done]).map(\.followUp.id) == [3, 1])
            #expect(try reader.followUps(limit: 2).map(\.followUp.id) == [3, 2])
            #expect(try reader.followUps(in: [.waiting], limit: 0).isEmpty)
        }
    }

    private static func counts(_ reader: ArchiveReader) throws -> String {
        let states = FollowUpState.allCases.map { state in
            "\(state): \((try? reader.followUps(in: [state]).count) ?? -1)"
        }
        return states.joined(separator: ", ")
    }

    /// The state, number of tries, fetched delivery and problem of the first follow-up.
    private static func row(_ archive: IndexArchive) throws -> String? {
        try PlainConnection.open(archive.directory.indexPath) { db in
            try String.fetchOne(
                db,
                sql: """
                    SELECT state || ' ' || attemptCount || ' ' || coalesce(fetchedDeliveryId, '-') || ' '
                        || coalesce(problem, '-') FROM followUp WHERE id = 1
                    """)
        }
    }
}
