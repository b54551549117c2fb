import ArchiveTestKit
import Deliveries
import Foundation
import Journal
import TestKit
import Testing

@testable import SharedJournal

@Suite(.offPool, .serialized, .enabled(if: PostgresServer.isInstalled, "PostgreSQL is not installed"))
struct DurabilityTests {
    private let server: PostgresServer
    private let database: String
    private let events = NotedEvents()

    init() throws {
        server = try PostgresServer()
        database = try server.makeJournal()
    }

    private func session(_ level: DurabilityLevel, expected: Int64? = nil) throws -> LaneSession {
        let settings = try server.settings(database, node: "a")
        return try #require(
            try LaneSession(settings.connect("a"), name: "a/1", expected: expected, level: level))
    }

    private func entry() throws -> PortableEntry {
        try #require(PortableEntry(.delivery(.fixture()), at: .fixture))
    }

    private var storedCount: String {
        get throws { try server.connect(database).query("SELECT count(*)::text FROM callbox.entry")[0] }
    }

    private func set(_ name: String, _ value: String) throws {
        let admin = try server.connect("postgres")
        try admin.executeScript("ALTER SYSTEM SET \(name) = '\(value)'", limit: .seconds(5))
        try admin.query("SELECT pg_reload_conf()::text")
        // A session applies a changed setting only between two of its statements, so a new session is opened for each
        // check.
        try wait(for: "\(name) = \(value)") { try server.connect("postgres").query("SHOW \(name)") == [value] }
    }

    /// Runs `body` with a process that acts as a synchronous standby. It confirms the commits that it has written to
    /// disk.
    private func withStandby(_ name: String, _ body: (ChildProcess) throws -> Void) throws {
        let folder = server.folder + "/\(name)"
        _ = try PostgresServer.run("/bin/mkdir", [folder])
        let (program, arguments) = PostgresServer.unprivileged(
            (PostgresServer.programs ?? "") + "/pg_receivewal",
            ["-D", folder, "--synchronous", "-d", "\(server.url("postgres"))&application_name=\(name)"])
        let standby = try ChildProcess(program, arguments)
        defer { standby.kill() }
        let admin = try server.connect("postgres")
        let isStreaming =
            "SELECT count(*)::text FROM pg_stat_replication WHERE state = 'streaming' AND application_name = '\(name)'"
        try wait(for: "the standby") { try admin.query(isStreaming) == ["1"] }
        try body(standby)
    }

    @Test("if fsync is off, no delivery is stored")
    func noFsync() throws {
        var session = try session(.disk)
        #expect(try session.insert([entry()]) == .committed)
        try set("fsync", "off")
        #expect(try session.insert([entry()]) == .levelNotMet)
        #expect(try storedCount == "1")
        try set("fsync", "on")
        #expect(try session.insert([entry()]) == .committed)
    }

    @Test("the durability level 'replica' requires a synchronous standby for each batch")
    func replica() throws {
        var session = try session(.replica)
        #expect(try session.insert([entry()]) == .levelNotMet)
        try withStandby("s1") { _ in
            try set("synchronous_standby_names", "s1")
            #expect(try session.insert([entry()]) == .committed)
            try set("synchronous_standby_names", "")
            #expect(try session.insert([entry()]) == .levelNotMet)
        }
        #expect(try storedCount == "1")
    }

    @Test(
        "the durability level 'quorum' requires a majority of the servers",
        arguments: [
            ("ANY 1 (s1, s2)", true), ("ANY 1 (s1, s2, s3)", false), ("FIRST 1 (s1)", false), ("ANY 2 (s1, s2)", false),
            ("ANY 1 (*)", false),
        ])
    func quorum(names: String, isEnough: Bool) throws {
        var session = try session(.quorum)
        try withStandby("s1") { _ in
            try set("synchronous_standby_names", names)
            #expect(try session.insert([entry()]) == (isEnough ? .committed : .levelNotMet))
            try set("synchronous_standby_names", "")
        }
    }

    @Test("a commit is not acknowledged if its wait for a standby was cancelled")
    func cancelledWait() throws {
        try withStandby("s1") { standby in
            try set("synchronous_standby_names", "s1")
            var session = try session(.replica)
            #expect(try session.insert([entry()]) == .committed)
            kill(standby.id, SIGSTOP)
            let hasCommitted = Pending<Bool>.event()
            defer { hasCommitted.happen() }
            let cancelled = Thread {
                guard let admin = try? server.connect("postgres") else { return }
                let cancel = """
                    SELECT pg_cancel_backend(pid)::text FROM pg_stat_activity WHERE wait_event = 'SyncRep'
                    """
                while !hasCommitted.value, (try? admin.query(cancel)) == [] {}
            }
            cancelled.start()
            let entry = try entry()
            #expect(try session.insert([entry]) == .unproved("warning 01000 at the commit"))
            kill(standby.id, SIGCONT)
            #expect(try storedCount == "2")
            // If the standby confirms a later commit, it also has the unproved commit.
            let next = try self.session(.replica, expected: session.epoch)
            #expect(try next.durable([entry]) == [entry.uuid])
            try set("synchronous_standby_names", "")
            #expect(try self.session(.replica, expected: next.epoch).durable([entry]).isEmpty)
        }
    }

    @Test(
        "if a connection is cut during a commit, a search for the UUIDs shows whether it succeeded",
        arguments: [(CuttingProxy.Cut.answer, true), (.statement, false)])
    func cutConnection(cut: CuttingProxy.Cut, isCommitted: Bool) throws {
        let proxy = try CuttingProxy(server.folder)
        defer { proxy.close() }
        var settings = try server.settings(database, node: "a", host: proxy.folder.path)
        settings.laneCount = 1
        let lanes = try LaneSet(settings, note: events.note)
        defer { lanes.close() }
        try lanes.waitUntilConnected(events)
        #expect(try lanes.outcome(of: .fixture()))
        proxy.cutNext(cut)
        #expect(try lanes.outcome(of: .fixture()) == isCommitted)
        try proxy.hasCut.wait()
        #expect(try storedCount == (isCommitted ? "2" : "1"))
        #expect(try lanes.outcome(of: .fixture()))
        #expect(
            try server.connect(database).query(
                "SELECT string_agg(number::text, ',' ORDER BY number) FROM callbox.entry")
                == [isCommitted ? "1,2,3" : "1,2"])
    }

    @Test("deliveries are rejected at once while PostgreSQL is down, and accepted after its restart")
    func crash() throws {
        let lanes = try LaneSet(try server.settings(database, node: "a"), note: events.note)
        defer { lanes.close() }
        try lanes.waitUntilConnected(events)
        let before = EncodedDelivery.fixture()
        #expect(try lanes.outcome(of: before))
        server.crash()
        #expect(try !lanes.outcome(of: .fixture()))
        #expect(try !lanes.outcome(of: .fixture()))
        let count = events.connectedCount
        try server.start()
        try events.waitForLanes(count + 1)
        // A lane may notice only now that its connection is broken, so the first delivery may fail.
        try wait(for: "the other lane") { try lanes.outcome(of: .fixture()) }
        let stored = try server.connect(database).query("SELECT uuid::text FROM callbox.entry")
        #expect(stored.contains(before.uuid.description))
    }

    @Test("each documented role has only the permissions that it needs")
    func privileges() async throws {
        let page = try String(contentsOf: ProjectFolder.root.appending(path: "docs/scale-out.md"), encoding: .utf8)
        let sql = try #require(page.split(separator: "```sql\n").last?.split(separator: "```").first)
        try server.connect(database).executeScript(String(sql), limit: .seconds(10))
        let receiver = try server.settings(database, node: "a", user: "callbox")
        let pruner = try server.settings(database, node: "b", user: "callbox_pruner")
        let reader = try server.settings(database, node: "c", user: "callbox_reader")
        let pruned = BodyToPrune(delivery: DeliveryID(rawValue: 1), summary: [.fixture(key: "a")])
        try await TestArchive.withWriter { writer in
            let node = try SharedJournalNode(receiver, into: writer, observeCommit: { _ in }, note: events.note)
            defer { node.close() }
            try node.lanes.waitUntilConnected(events)
            #expect(try node.append([.delivery(.fixture())], at: .fixture) == [1])
            let status = try JournalStatus(receiver)
            #expect(status.lastPosition == 1 && status.isLevelMet && status.leader?.isCurrent == true)
            #expect(status.lanes.map(\.name) == ["a/1", "a/2"])
            #expect(status.lanes.map(\.lastNumber).reduce(0, +) == 1)
            #expect(status.lanes.allSatisfy { $0.unorderedCount == 0 })
            #expect(throws: PostgresFailure.self) {
                try node.pruneBodies([pruned], reason: "x", holdsKnownUpTo: 1, at: .fixture)
            }
            try await TestArchive.withWriter { copy in
                let other = try SharedJournalNode(pruner, into: copy, observeCommit: { _ in }, note: events.note)
                defer { other.close() }
                try other.follower.waitForPosition(1)
                #expect(
                    try other.pruneBodies([pruned], reason: "x", holdsKnownUpTo: 1, at: .fixture) == [pruned.delivery])
                try node.follower.waitForPosition(2)
            }
            try await TestArchive.withWriter { copy in
                let other = try SharedJournalNode(
                    reader, into: copy, leads: false, observeCommit: { _ in }, note: events.note)
                defer { other.close() }
                try other.follower.waitForPosition(2)
                #expect(other.lanes.connectedCount == 0)
                #expect(throws: SharedAppendFailure.self) { try other.append([.delivery(.fixture())], at: .fixture) }
            }
            for settings in [receiver, pruner, reader] {
                let connection = try settings.connect("test")
                for sql in [
                    "UPDATE callbox.entry SET head = '' RETURNING ''", "UPDATE callbox.run SET count = 2 RETURNING ''",
                    "DELETE FROM callbox.run RETURNING ''", "DELETE FROM callbox.gap RETURNING ''",
                ] {
                    #expect(throws: PostgresFailure.self) { try connection.query(sql) }
                }
            }
            for settings in [receiver, reader] {
                let connection = try settings.connect("test")
                #expect(throws: PostgresFailure.self) { try connection.query("DELETE FROM callbox.entry RETURNING ''") }
                #expect(throws: PostgresFailure.self) {
                    try connection.query("UPDATE callbox.entry SET body = '' RETURNING ''")
                }
            }
        }
    }

    @Test("if PostgreSQL hangs, a delivery is rejected before the provider stops waiting")
    func hangingServer() throws {
        var settings = try server.settings(database, node: "a")
        settings.laneCount = 1
        let lanes = try LaneSet(settings, note: events.note)
        defer { lanes.close() }
        try lanes.waitUntilConnected(events)
        server.signal(SIGSTOP)
        // A server that is still paused could not be stopped after this test.
        defer { server.signal(SIGCONT) }
        let start = ContinuousClock.now
        #expect(try !lanes.outcome(of: .fixture()))
        #expect(start.duration(to: .now) < .seconds(15))
    }
}
