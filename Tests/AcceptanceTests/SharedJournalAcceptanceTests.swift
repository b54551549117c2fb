import Deliveries
import Foundation
import Journal
import StrictJSON
import Synchronization
import TestKit
import Testing

/// Kills and stops the servers of a shared journal under load.
@Suite(
    "Servers share a journal", .programs, .enabled(if: PostgresServer.isInstalled, "PostgreSQL is not installed"))
struct SharedJournalAcceptanceTests {
    /// The number of rounds in one run: 1, or more in `scripts/nightly.sh`.
    private static let roundCount =
        ProcessInfo.processInfo.environment["CALLBOX_CLUSTER_ROUNDS"].flatMap { Int($0) } ?? 1

    @Test("every node has each acknowledged delivery exactly once, after any kill or pause")
    func cluster() async throws {
        let cluster = try Cluster()
        var servers = ["a": try cluster.serve("a"), "b": try cluster.serve("b"), "c": try cluster.serve("c")]
        let query = try cluster.follow("query")
        let load = ClusterLoad(servers.values.map(\.port))
        async let ended: Void = load.run(senders: 4)
        try load.waitForMore(100)
        for round in 0..<Self.roundCount {
            // A receiver is killed and restarted with its archive.
            servers["a"]?.kill()
            try load.waitForMore(50)
            servers["a"] = try cluster.serve("a")
            load.add(try #require(servers["a"]).port)

            // The leader is paused for longer than its lease. Another node takes the lead, and the first one notices
            // when it continues.
            let leader = try cluster.leader(after: nil)
            let stopped = try #require(servers[leader])
            kill(stopped.processID, SIGSTOP)
            let next = try cluster.leader(after: leader)
            kill(stopped.processID, SIGCONT)
            try stopped.waitForLog("another node leads")
            try load.waitForMore(50)

            // The leader is killed.
            let killed = try cluster.leader(after: nil)
            servers[killed]?.kill()
            #expect([leader, next].contains(killed) || Self.roundCount > 1)
            _ = try cluster.leader(after: killed)
            servers[killed] = try cluster.serve(killed)
            load.add(try #require(servers[killed]).port)

            // A server is paused, and another one takes over its name and lanes. The first one ends when it continues.
            let old = try #require(servers["c"])
            kill(old.processID, SIGSTOP)
            let new = try cluster.serve("c", archive: "c\(round)")
            try new.waitForLog("lane connected", count: 2)
            kill(old.processID, SIGCONT)
            #expect(try old.waitUntilExit() != 0)
            #expect(old.logText.contains("another server took a lane of this one"))
            servers["c"] = new
            load.add(new.port)

            // PostgreSQL is killed.
            cluster.postgres.crash()
            try cluster.postgres.start()
            try load.waitForMore(50)
        }
        load.stop()
        await ended
        #expect(load.unexpected == [])

        let end = try cluster.waitForCopies(["a", "b", "c\(Self.roundCount - 1)", "query"])
        let journal = try cluster.reader("query")
        for (uuid, body) in load.acknowledged {
            let position = try #require(
                try journal.position(of: uuid), "\(Hex.encode(uuid)) was acknowledged and is not there")
            #expect(try journal.entry(position)?.delivery().request.body == body)
        }
        #expect(end.position >= Int64(load.acknowledged.count))
        for server in servers.values { #expect(try server.stop() == 0) }
        #expect(try query.end() == 0)
        let verification = try cluster.callbox("query", "archive", "verify")
        #expect(verification.status == 0, "\(verification.text)")
    }

    @Test("two query nodes on one host need different names, and follow --once needs none")
    func nodeNames() throws {
        let cluster = try Cluster()
        let server = try cluster.serve("a")
        try server.waitForLog("lane connected", count: 2)
        #expect(try LoopbackHTTP(port: server.port).post("/klavi", body: Array("{}".utf8)).status == 200)
        let second = try cluster.callbox("a", archive: "second", "follow")
        #expect(second.status == 69, "\(second.error)")
        #expect(second.error.contains("another process uses the node name 'a' in the shared journal"))
        let once = try cluster.callbox("a", archive: "third", "follow", "--once")
        #expect(once.status == 0, "\(once.error)")
        let named = try cluster.follow("a", archive: "fourth", "--node", "b")
        _ = try cluster.waitForCopies(["a", "fourth"])
        #expect(try named.end() == 0)
        let wrong = try cluster.callbox("a", archive: "fifth", "follow", "--node", "A b")
        #expect(wrong.status == 64, "\(wrong.error)")
        #expect(server.logCount("stopping") == 0)
        #expect(try server.stop() == 0)
    }

    @Test("the leader makes follow-up calls, and after it stops the next leader does")
    func followUp() throws {
        let cluster = try Cluster()
        func journal(_ node: String) -> String {
            "journal: {url: \"\(cluster.postgres.url("journal"))\", node: \(node), lease: 1s}\n"
        }
        let fakes = try FakeBench(apis: ["certn-centric": "follow-up: true, poll: 1s"], more: journal("a"))
        let yaml = try String(contentsOf: URL(filePath: fakes.configuration), encoding: .utf8)
        let other = try fakes.bench.file("b.yaml", yaml.replacing(journal("a"), with: journal("b")))
        let first = try fakes.serve()
        try first.waitForLog("lane connected", count: 2)
        #expect(try cluster.leader(after: nil) == "a")
        let second = try fakes.serve(configuration: other, archive: fakes.bench.folder.appending(path: "b").path())
        try second.waitForLog("lane connected", count: 2)
        try fakes.register(["certn-centric"], with: first)

        func trigger() throws {
            let link = try fakes.create(
                "certn-centric", "--email", "ana@example.com", "--check", "IDENTITY_VERIFICATION_1", "--given-name",
                "Ana", "--family-name", "Souza", "--date-of-birth", "1990-02-28")
            try succeed(fakes.sandbox("advance", "10s"))
            try fakes.idle()
            let id = try #require(link["keys"]?["object_id"]?.string)
            try succeed(fakes.sandbox("trigger", "certn-centric.CASE_REPORT_READY", "--reference", id, "--wait"))
        }
        try trigger()
        try first.waitForLog("follow-up done", "task=centric-report")
        #expect(second.logCount("follow-up done") == 0)
        #expect(try fakes.reports("--type", "case_report").count == 1)

        first.kill()
        #expect(try cluster.leader(after: "a") == "b")
        let restarted = try fakes.serve()
        try restarted.waitForLog("lane connected", count: 2)
        try fakes.register(["certn-centric"], with: restarted)
        try trigger()
        try second.waitForLog("follow-up done", "task=centric-report")
        #expect(restarted.logCount("follow-up done", "task=centric-report") == 0)
        #expect(try restarted.stop() == 0)
        #expect(try second.stop() == 0)
    }
}

/// A database and the folders of its nodes.
private final class Cluster {
    let postgres: PostgresServer
    private var benches: [String: Workbench] = [:]

    init() throws {
        postgres = try PostgresServer()
        try postgres.query("CREATE DATABASE journal")
        let made = try BuiltBinary.run("callbox", ["journal", "init", postgres.url("journal")])
        guard made.status == 0 else { throw TestFailure(description: made.error) }
    }

    private func bench(_ node: String, archive: String) throws -> Workbench {
        if let bench = benches[archive] { return bench }
        let bench = try Workbench(
            """
            sources:
              klavi:
                verify: none
            journal:
              url: \(postgres.url("journal"))
              node: \(node)
              lease: 1s
            """)
        benches[archive] = bench
        return bench
    }

    func serve(_ node: String, archive: String? = nil) throws -> RunningServer {
        try bench(node, archive: archive ?? node).serve()
    }

    func follow(_ node: String, archive: String? = nil, _ more: String...) throws -> ChildProcess {
        let bench = try bench(node, archive: archive ?? node)
        return try ChildProcess(
            BuiltBinary.folder.appending(path: "callbox"),
            ["follow", "--config", bench.configuration, "--archive", bench.archive] + more)
    }

    func callbox(_ node: String, archive: String? = nil, _ arguments: String...) throws -> BuiltBinary.Result {
        try bench(node, archive: archive ?? node).callbox(arguments)
    }

    func reader(_ archive: String) throws -> JournalReader {
        try JournalReader(ArchiveDirectory(path: bench(archive, archive: archive).archive).journal)
    }

    /// Waits for a leader other than the given node, and returns it.
    func leader(after known: String?) throws -> String {
        try wait("a leader") {
            let rows = try postgres.query(
                "SELECT holder FROM callbox.leader WHERE holder <> '' AND expires_at > now()", in: "journal")
            return rows.first.flatMap { $0 == known ? nil : $0 }
        }
    }

    /// Waits until all entries are ordered and copied, and returns the end, which all copies must have in common.
    func waitForCopies(_ archives: [String]) throws -> ChainMark {
        try wait("the copies") {
            let end = try postgres.query(
                """
                SELECT sum(count), (SELECT count(*) FROM callbox.entry),
                    (SELECT encode(chain, 'hex') FROM callbox.run ORDER BY first_position DESC LIMIT 1)
                FROM callbox.run
                """, in: "journal")[0].split(separator: "|").map(String.init)
            guard end.count == 3, end[0] == end[1] else { return nil }
            let marks = try archives.map { archive -> ChainMark? in
                // A node creates its archive at its start.
                guard let reader = try? reader(archive) else { return nil }
                defer { reader.close() }
                return try reader.end()
            }
            return marks.allSatisfy { mark in
                mark.map { "\($0.position)" == end[0] && Hex.encode($0.chain) == end[2] } ?? false
            } ? marks[0] : nil
        }
    }

    /// Each attempt runs a program, so the loop does not spin.
    private func wait<Found>(_ what: String, _ find: () throws -> Found?) throws -> Found {
        let deadline = Date(timeIntervalSinceNow: 60)
        while Date() < deadline {
            if let found = try find() { return found }
        }
        throw TestFailure(description: "waited too long for \(what)")
    }
}

/// Senders that use any server that accepts connections, and record the acknowledged deliveries.
private final class ClusterLoad: Sendable {
    private struct State {
        var ports: [Int]
        var acknowledged: [[UInt8]: [UInt8]] = [:]
        var unexpected: Set<Int> = []
        var isStopping = false
    }

    private let state: Pending<State>
    private let next = Atomic(0)

    init(_ ports: [Int]) {
        state = Pending(State(ports: ports))
    }

    var acknowledged: [[UInt8]: [UInt8]] { state.value.acknowledged }
    /// The statuses other than 200 and 503.
    var unexpected: Set<Int> { state.value.unexpected }

    func add(_ port: Int) {
        state.change { $0.ports.append(port) }
    }

    func stop() {
        state.change { $0.isStopping = true }
    }

    func waitForMore(_ count: Int) throws {
        let goal = acknowledged.count + count
        try state.wait(for: "\(count) deliveries") { $0.acknowledged.count >= goal ? true : nil }
    }

    func run(senders: Int) async {
        await withTaskGroup { group in
            for sender in 0..<senders {
                group.addTask {
                    await withCheckedContinuation { continuation in
                        Thread.detachNewThread { [self] in
                            send(sender)
                            continuation.resume()
                        }
                    }
                }
            }
        }
    }

    private func send(_ sender: Int) {
        var turn = sender
        while !state.value.isStopping {
            let ports = state.value.ports
            turn += 1
            guard let connection = try? LoopbackHTTP(port: ports[turn % ports.count]) else { continue }
            while !state.value.isStopping {
                let number = next.wrappingAdd(1, ordering: .relaxed).newValue
                let body = Array(#"{"productName":"load","productReportId":"\#(number)"}"#.utf8)
                guard let response = try? connection.post("/klavi", body: body) else { break }
                if response.status == 200, let uuid = Self.uuid(in: response) {
                    state.change { $0.acknowledged[uuid] = body }
                } else if response.status != 503 {
                    state.change { $0.unexpected.insert(response.status) }
                } else {
                    break
                }
            }
        }
    }

    /// The UUID in a response such as `{"id":"019a…"}`.
    private static func uuid(in response: LoopbackHTTP.Response) -> [UInt8]? {
        let parts = String(decoding: response.body, as: UTF8.self).split(separator: "\"")
        guard parts.count > 3, let uuid = UUID(uuidString: String(parts[3])) else { return nil }
        return withUnsafeBytes(of: uuid.uuid) { Array($0) }
    }
}
