import ArchiveTestKit
import Deliveries
import Foundation
import Journal
import TestKit
import Testing

@testable import SharedJournal

@Suite(.offPool, .serialized, .enabled(if: PostgresServer.isInstalled, "PostgreSQL is not installed"))
struct FencingTests {
    private let server: PostgresServer
    private let database: String
    private let events = NotedEvents()

    init() throws {
        server = try PostgresServer.shared.get()
        database = try server.makeJournal()
    }

    private func session(expected: Int64? = nil) throws -> LaneSession? {
        let settings = try server.settings(database, node: "a")
        return try LaneSession(settings.connect("a"), name: "a/1", expected: expected, level: .disk)
    }

    private func entry() throws -> PortableEntry {
        try #require(PortableEntry(.delivery(.fixture()), at: .fixture))
    }

    @Test("after a lane was claimed again, no entries are inserted under its old epoch")
    func lane() throws {
        var old = try #require(try session())
        #expect(try old.insert([entry()]) == .committed)
        var new = try #require(try session())
        #expect(new.epoch == old.epoch + 1)
        #expect(try old.insert([entry()]) == .fenced)
        #expect(try new.insert([entry(), entry()]) == .committed)
        #expect(try session(expected: old.epoch) == nil)
        let numbers = try server.connect(database).query("SELECT number::text FROM callbox.entry ORDER BY number")
        #expect(numbers == ["1", "2", "3"])
    }

    @Test("a claim waits for the batch that is being committed, and later entries get higher numbers")
    func claimDuringBatch() throws {
        let admin = try server.connect(database)
        try admin.executeScript(
            """
            CREATE FUNCTION wait_for_go() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                WHILE NOT EXISTS (SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'
                    AND query LIKE 'UPDATE callbox.lane%') LOOP PERFORM pg_sleep(0.01), pg_stat_clear_snapshot(); END LOOP;
                RETURN NEW; END $$;
            CREATE TRIGGER slow BEFORE INSERT ON callbox.entry FOR EACH ROW EXECUTE FUNCTION wait_for_go();
            """, limit: .seconds(5))
        var old = try #require(try session())
        let outcome = Pending<LaneSession.Outcome?>(nil)
        let entry = try entry()
        Thread.detachNewThread { [old] in
            var session = old
            let result = try? session.insert([entry])
            outcome.change { $0 = result }
        }
        try wait(for: "the batch") {
            try !admin.query(
                "SELECT 1::text FROM pg_stat_activity WHERE query LIKE 'WITH proved%' AND state = 'active'"
            ).isEmpty
        }
        let new = try #require(try session())
        #expect(try outcome.wait { $0 } == .committed)
        #expect(try new.durable([entry]) == [entry.uuid])
        #expect(try old.insert([entry]) == .fenced)
    }

    @Test("a node does not start while a live process uses its name, but it replaces a process that hangs")
    func nameInUse() throws {
        let settings = try server.settings(database, node: "a")
        let other = try PostgresConnection(settings.address, application: "callbox a follower other")
        let isEnding = Pending(false)
        defer { isEnding.change { $0 = true } }
        let hasEnded = Pending<Bool>.event()
        Thread.detachNewThread {
            while !isEnding.value { _ = try? other.execute("SELECT 1", limit: .seconds(5)) }
            hasEnded.happen()
        }
        // The name of this node only resembles the name in use, so the node starts.
        let similar = try LaneSet(server.settings(database, node: "a-2"), note: events.note)
        defer { similar.close() }
        try similar.waitUntilConnected(events)
        let own = try settings.connect(NodeName.followerRole)
        _ = try own.execute("SELECT 1", limit: .seconds(5))

        let refused = NotedEvents()
        let second = try LaneSet(settings, note: refused.note)
        try refused.wait(for: "the refusal") { $0 == .nameInUse(node: "a") }
        #expect(second.isFenced)
        #expect(try !second.outcome(of: .fixture()))
        second.close()
        #expect(refused.connectedCount == 0)
        #expect(
            try server.connect(database).query("SELECT name FROM callbox.lane WHERE name LIKE 'a/%'").isEmpty)

        // The process stops sending statements. Its connection stays open, as in a process that hangs.
        isEnding.change { $0 = true }
        try hasEnded.wait()
        let third = NotedEvents()
        let replacing = try LaneSet(settings, note: third.note)
        defer { replacing.close() }
        try third.waitForLanes(2)
        #expect(try replacing.outcome(of: .fixture()))
        withExtendedLifetime((other, own)) {}
    }

    @Test("if two servers claim the same lane, the first server stops")
    func oneName() throws {
        var settings = try server.settings(database, node: "a")
        settings.laneCount = 1
        let first = try LaneSet(settings, note: events.note)
        defer { first.close() }
        try first.waitUntilConnected(events)
        let others = NotedEvents()
        let second = try LaneSet(settings, note: others.note)
        defer { second.close() }
        try second.waitUntilConnected(others)
        #expect(try !first.outcome(of: .fixture()))
        try events.wait(for: "the fence") { $0 == .fenced(lane: "a/1") }
        #expect(first.isFenced)
        #expect(try !first.outcome(of: .fixture()))
        #expect(try second.outcome(of: .fixture()))
    }

    @Test("a server whose lane was claimed stops even if it receives no delivery")
    func idle() throws {
        let settings = try server.settings(database, node: "a")
        let lanes = try LaneSet(settings, note: events.note)
        defer { lanes.close() }
        try events.waitForLanes(2)
        try server.connect(database).query("UPDATE callbox.lane SET epoch = epoch + 1 RETURNING ''")
        try events.wait(for: "the fence") { if case .fenced = $0 { true } else { false } }
        #expect(lanes.isFenced)
    }

    @Test("a leader whose lease expired appends no run after another node took the lead")
    func leader() throws {
        let settings = try server.settings(database, node: "a")
        var lane = try #require(try session())
        var old = try #require(try LeaderTerm(settings.connect("a"), node: "a", lease: .seconds(60)))
        #expect(try lane.insert([entry()]) == .committed)
        #expect(try old.advance() == 1)
        #expect(try LeaderTerm(settings.connect("b"), node: "b", lease: .seconds(60)) == nil)
        try server.connect(database).query(
            "UPDATE callbox.leader SET expires_at = now() - interval '1 second' RETURNING ''")
        var new = try #require(try LeaderTerm(settings.connect("b"), node: "b", lease: .seconds(60)))
        #expect(try lane.insert([entry(), entry()]) == .committed)
        #expect(try old.advance() == nil)
        let isRenewed = try old.renew()
        #expect(!isRenewed)
        #expect(try new.advance() == 2)
        let runs = try server.connect(database).query(
            "SELECT first_position || ':' || count || ':' || epoch FROM callbox.run ORDER BY first_position")
        #expect(runs == ["1:1:1", "2:2:2"])
        new.resign()
        #expect(try LeaderTerm(settings.connect("a"), node: "a", lease: .seconds(60)) != nil)
    }

    @Test("a process that lost the lead to another process of the same node does not take the lead back")
    func leaderOfOneName() throws {
        let settings = try server.settings(database, node: "a")
        var old = try #require(try LeaderTerm(settings.connect("old"), node: "a", lease: .seconds(60)))
        // A starting process takes the lead from an earlier process of the same node.
        var new = try #require(try LeaderTerm(settings.connect("new"), node: "a", lease: .seconds(60)))
        let renewed = try (old.renew(), new.renew())
        #expect(renewed == (false, true))
        #expect(
            try LeaderTerm(settings.connect("old"), node: "a", lease: .seconds(60), expected: old.epoch) == nil)
        // A leader that connects again after its connection broke continues to lead.
        let again = try LeaderTerm(settings.connect("new"), node: "a", lease: .seconds(60), expected: new.epoch)
        #expect(again?.epoch == new.epoch + 1)
    }

    @Test("a node leads only after it claimed a lane, and stops leading at once when another process claims the lane")
    func leaderOfFencedNode() async throws {
        var settings = try server.settings(database, node: "a")
        settings.lease = .seconds(600)
        try await TestArchive.withWriter { writer in
            let node = try SharedJournalNode(settings, into: writer, observeCommit: { _ in }, note: events.note)
            defer { node.close() }
            try events.wait(for: "the lead") { $0 == .becameLeader(epoch: 1) }
            #expect(node.lanes.isClaimed)
            let admin = try server.connect(database)
            try admin.query("UPDATE callbox.lane SET epoch = epoch + 1 RETURNING ''")
            try events.wait(for: "the fence") { if case .fenced = $0 { true } else { false } }
            try wait(for: "the end of the term") {
                try LeaderTerm(admin, node: "b", lease: settings.lease) != nil
            }
            #expect(node.leader?.leadingEpoch == nil)
            #expect(!node.lanes.isClaimed)
        }
    }

    @Test("a leader that appends runs extends its lease")
    func leaderExtendsLease() throws {
        let settings = try server.settings(database, node: "a")
        var lane = try #require(try session())
        var term = try #require(try LeaderTerm(settings.connect("a"), node: "a", lease: .seconds(60)))
        #expect(try lane.insert([entry(), entry(), entry()]) == .committed)
        try server.connect(database).query(
            "UPDATE callbox.leader SET expires_at = now() - interval '1 second' RETURNING ''")
        #expect(try term.advance(laneCountLimit: 2) == 2)
        #expect(try LeaderTerm(settings.connect("b"), node: "b", lease: .seconds(60)) == nil)
        #expect(try term.advance(laneCountLimit: 2) == 1)
    }

    @Test("two leaders order a backlog that neither leader can read within its lease")
    func backlog() throws {
        var settings = try ["a", "b"].map { try server.settings(database, node: $0) }
        for index in settings.indices { settings[index].lease = .milliseconds(400) }
        var lane = try #require(try session())
        #expect(try lane.insert((0..<400).map { _ in try entry() }) == .committed)
        let admin = try server.connect(database)
        // Reading an entry takes 2 ms. With these settings, a statement reads no more entries than it requests.
        try admin.executeScript(
            """
            CREATE FUNCTION slow(number bigint) RETURNS boolean LANGUAGE plpgsql AS
                $$ BEGIN PERFORM pg_sleep(0.002); RETURN true; END $$;
            ALTER TABLE callbox.entry RENAME TO stored;
            CREATE VIEW callbox.entry AS SELECT * FROM callbox.stored WHERE slow(number);
            ALTER DATABASE \(database) SET enable_sort = off;
            ALTER DATABASE \(database) SET enable_bitmapscan = off;
            ALTER DATABASE \(database) SET jit = off;
            """, limit: .seconds(5))
        let leaders = try settings.map { try Leader($0, note: events.note) }
        defer { for leader in leaders { leader.close() } }
        try wait(for: "the order of the entries") {
            try admin.query("SELECT coalesce(sum(count), 0)::text FROM callbox.run") == ["400"]
        }
    }

    @Test("three receivers commit in random order under load, and each follower has each acknowledged delivery once")
    func race() async throws {
        try server.connect(database).executeScript(
            """
            CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN PERFORM pg_sleep(random() * 0.02); RETURN NULL; END $$;
            CREATE TRIGGER slow AFTER INSERT ON callbox.entry FOR EACH STATEMENT EXECUTE FUNCTION slow();
            """, limit: .seconds(5))
        try await TestArchive.withWriter { one in
            try await TestArchive.withWriter { other in
                let settings = try ["a", "b", "c"].map { try server.settings(database, node: $0) }
                let first = try Follower(settings[0], into: one, note: events.note)
                defer { first.close() }
                let leader = try Leader(settings[0], note: events.note)
                defer { leader.close() }
                let acknowledged = try await withThrowingTaskGroup(of: Set<UUIDv7>.self) { group in
                    for settings in settings {
                        group.addTask {
                            let events = NotedEvents()
                            let lanes = try LaneSet(settings, note: events.note)
                            defer { lanes.close() }
                            try lanes.waitUntilConnected(events)
                            var acknowledged: Set<UUIDv7> = []
                            for _ in 0..<50 {
                                acknowledged.formUnion(try lanes.acknowledged((0..<20).map { _ in .fixture() }))
                            }
                            return acknowledged
                        }
                    }
                    return try await group.reduce(into: Set<UUIDv7>()) { $0.formUnion($1) }
                }
                #expect(acknowledged.count == 3000)
                let second = try Follower(settings[1], into: other, note: events.note)
                defer { second.close() }
                try first.waitForPosition(3000)
                try second.waitForPosition(3000)
                let copied = try uuids(of: one)
                #expect(copied.count == 3000)
                #expect(Set(copied) == acknowledged)
                #expect(try rows(of: one) == rows(of: other))
            }
        }
    }
}
