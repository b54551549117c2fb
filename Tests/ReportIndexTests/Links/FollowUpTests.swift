import Deliveries
import GRDB
import ReportArchive
import TestKit
import Testing

@Suite("What is to be fetched")
struct FollowUpTests {
    private static func order(_ subject: String, act: String = "centric-case", source: String = "certn")
        -> FollowUpOrder
    {
        FollowUpOrder(source: source, act: act, subject: subject, cause: DeliveryID(rawValue: 1))
    }

    private static func time(_ seconds: Int64) -> Timestamp {
        Timestamp.fixture.advanced(byMilliseconds: seconds * 1000)
    }

    private static func subjects(_ reader: ArchiveReader, at seconds: Int64, limit: Int = 100) throws -> [String] {
        try reader.dueFollowUps(at: time(seconds), limit: limit).map(\.order.subject)
    }

    @Test("an order is due at once and reads back as it was given")
    func ordered() async throws {
        try await TestArchive.withWriter { writer in
            let orders = [
                Self.order("o-1"), FollowUpOrder(source: "ezid", act: "ezid-claims", subject: "'\"é"),
                Self.order(String(repeating: "x", count: 1 << 20)),
            ]
            try writer.order(orders, cursor: nil, at: .fixture)
            let reader = try ArchiveReader(writer.location)
            let due = try reader.dueFollowUps(at: .fixture, limit: 9)
            #expect(due.map(\.order) == orders)
            #expect(due.map(\.attemptCount) == [0, 0, 0])
            #expect(try reader.dueFollowUps(at: Self.time(-1), limit: 9).isEmpty)
            #expect(try reader.followUpCursor() == nil)
        }
    }

    @Test("the same is ordered once, whatever led to it and however it ended; anything else is another")
    func once() async throws {
        try await TestArchive.withWriter { writer in
            let reader = try ArchiveReader(writer.location)
            try writer.order([Self.order("o-1"), Self.order("o-1")], cursor: nil, at: .fixture)
            let first = try #require(try reader.dueFollowUps(at: .fixture, limit: 9).first)
            try writer.conclude(first.id, .done(nil))
            try writer.order(
                [FollowUpOrder(source: "certn", act: "centric-case", subject: "o-1", cause: DeliveryID(rawValue: 9))],
                cursor: nil, at: Self.time(5))
            #expect(try Self.counts(reader) == "waiting: 0, done: 1, failed: 0")
            try writer.order(
                [Self.order("o-2"), Self.order("o-1", act: "centric-report"), Self.order("o-1", source: "second")],
                cursor: nil, at: .fixture)
            #expect(try Self.counts(reader) == "waiting: 3, done: 1, failed: 0")
        }
    }

    @Test("the cursor stays where no new one is given, and goes where one is")
    func cursor() async throws {
        try await TestArchive.withWriter { writer in
            let reader = try ArchiveReader(writer.location)
            #expect(try reader.followUpCursor() == nil)
            try writer.order([], cursor: DeliveryID(rawValue: 4), at: .fixture)
            #expect(try reader.followUpCursor()?.rawValue == 4)
            try writer.order([Self.order("o-1")], cursor: nil, at: .fixture)
            #expect(try reader.followUpCursor()?.rawValue == 4)
            try writer.order([], cursor: DeliveryID(rawValue: 7), at: .fixture)
            #expect(try reader.followUpCursor()?.rawValue == 7)
        }
    }

    @Test("the cursor moves with its orders or not at all", arguments: [("", "act"), ("certn", "")])
    func bothOrNeither(source: String, act: String) async throws {
        try await TestArchive.withWriter { writer in
            let reader = try ArchiveReader(writer.location)
            let orders = [Self.order("o-1"), Self.order("o-2", act: act, source: source)]
            try writer.order([], cursor: DeliveryID(rawValue: 4), at: .fixture)
            #expect(throws: ArchiveError.self) {
                try writer.order(orders, cursor: DeliveryID(rawValue: 9), at: .fixture)
            }
            let before = try (reader.followUpCursor(), Self.counts(reader))
            #expect(before.0?.rawValue == 4)
            #expect(before.1 == "waiting: 0, done: 0, failed: 0")
            try writer.order([orders[0]], cursor: DeliveryID(rawValue: 9), at: .fixture)
            let after = try (reader.followUpCursor(), Self.counts(reader))
            #expect(after.0?.rawValue == 9)
            #expect(after.1 == "waiting: 1, done: 0, failed: 0")
        }
    }

    @Test("what is due comes the longest waiting first, and no more than asked for")
    func dueOrder() async throws {
        try await TestArchive.withWriter { writer in
            let reader = try ArchiveReader(writer.location)
            try writer.order([Self.order("b"), Self.order("c")], cursor: nil, at: Self.time(20))
            try writer.order([Self.order("a")], cursor: nil, at: Self.time(10))
            try writer.order([Self.order("d")], cursor: nil, at: Self.time(30))
            #expect(try Self.subjects(reader, at: 20) == ["a", "b", "c"])
            #expect(try Self.subjects(reader, at: 100) == ["a", "b", "c", "d"])
            #expect(try Self.subjects(reader, at: 100, limit: 2) == ["a", "b"])
            #expect(try Self.subjects(reader, at: 9) == [])
        }
    }

    @Test("a try that is to be made again is due at its time, and counts")
    func tryAgain() async throws {
        try await TestArchive.withWriter { writer in
            let reader = try ArchiveReader(writer.location)
            try writer.order([Self.order("a")], cursor: nil, at: .fixture)
            for attempt in 1...3 {
                let due = try #require(try reader.dueFollowUps(at: Self.time(1000), limit: 1).first)
                #expect(due.attemptCount == attempt - 1)
                let next = Int64(attempt) * 10
                try writer.conclude(due.id, .tryAgain(at: Self.time(next), problem: "503"))
                #expect(try Self.subjects(reader, at: next - 1) == [])
                #expect(try Self.subjects(reader, at: next) == ["a"])
            }
            #expect(try Self.counts(reader) == "waiting: 1, done: 0, failed: 0")
            #expect(try Self.row(writer) == "waiting 3 - 503")
        }
    }

    @Test(
        "what is done or failed is never due again",
        arguments: [
            (FollowUpOutcome.done(DeliveryID(rawValue: 7)), "done 2 7 -"), (.done(nil), "done 2 - -"),
            (.failed(problem: "404: 'no'"), "failed 2 - 404: 'no'"),
        ])
    func concluded(outcome: FollowUpOutcome, row: String) async throws {
        try await TestArchive.withWriter { writer in
            let reader = try ArchiveReader(writer.location)
            try writer.order([Self.order("a"), Self.order("other")], cursor: nil, at: .fixture)
            let id = try #require(try reader.dueFollowUps(at: .fixture, limit: 1).first).id
            try writer.conclude(id, .tryAgain(at: Self.time(1), problem: "503"))
            try writer.conclude(id, outcome)
            #expect(try Self.subjects(reader, at: 1_000_000) == ["other"])
            #expect(try Self.row(writer) == row)
        }
    }

    @Test("a conclusion about nothing changes nothing")
    func unknown() async throws {
        try await TestArchive.withWriter { writer in
            try writer.order([Self.order("a")], cursor: nil, at: .fixture)
            for id in [0, 2, -1, .max] as [Int64] { try writer.conclude(id, .failed(problem: "")) }
            #expect(try Self.counts(ArchiveReader(writer.location)) == "waiting: 1, done: 0, failed: 0")
        }
    }

    @Test("only what the projection has reached is handed out, in pages, oldest first")
    func projected() async throws {
        try await TestArchive.withWriter { writer in
            let reader = try ArchiveReader(writer.location)
            func ids(after id: Int64, limit: Int = 100) throws -> [Int64] {
                try reader.projectedDeliveries(after: DeliveryID(rawValue: id), limit: limit).map(\.rawValue)
            }
            try await writer.commitAll([.fixture(), .fixture(), .fixture()])
            #expect(try ids(after: 0) == [])
            try Projector(writer) { _ in [] }.catchUp()
            try await writer.commitAll([.fixture()])
            #expect(try ids(after: 0) == [1, 2, 3])
            #expect(try ids(after: 1) == [2, 3])
            #expect(try ids(after: 0, limit: 2) == [1, 2])
            #expect(try ids(after: 3) == [])
            try Projector(writer) { _ in [] }.catchUp()
            #expect(try ids(after: 3) == [4])
            try writer.clearProjection()
            #expect(try ids(after: 0) == [])
        }
    }

    @Test("follow-ups are listed newest first, by state, with what came of them")
    func listed() async throws {
        try await TestArchive.withWriter { writer in
            let orders = ["a", "b", "c"].map { FollowUpOrder(source: "certn", act: "centric-case", subject: $0) }
            try writer.order(orders, cursor: nil, at: .fixture)
            let later = Timestamp.fixture.advanced(byMilliseconds: 60_000)
            try writer.conclude(1, .done(DeliveryID(rawValue: 9)))
            try writer.conclude(2, .tryAgain(at: later, problem: "not yet"))
            try writer.conclude(3, .failed(problem: "given up"))
            let reader = try ArchiveReader(writer.location)
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

    /// State, attempts, what was fetched and the problem of the first one.
    private static func row(_ writer: ArchiveWriter) throws -> String? {
        try PlainConnection.open(writer.location) { db in
            try String.fetchOne(
                db,
                sql: """
                    SELECT state || ' ' || attemptCount || ' ' || coalesce(fetchedJournalId, '-') || ' '
                        || coalesce(problem, '-') FROM followUp WHERE id = 1
                    """)
        }
    }
}
