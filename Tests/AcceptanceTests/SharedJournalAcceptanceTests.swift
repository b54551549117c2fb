import Deliveries
import Foundation
import Journal
import StrictJSON
import TestKit
import Testing

/// Kills and stops the servers of a shared journal under load.
@Suite(
    "Servers share a journal", .programs, .enabled(if: PostgresServer.isInstalled, "PostgreSQL is not installed"))
struct SharedJournalAcceptanceTests {
    /// The number of rounds per run: 1, or more in `scripts/nightly.sh`.
    private static let roundCount =
        ProcessInfo.processInfo.environment["CALLBOX_CLUSTER_ROUNDS"].flatMap { Int($0) } ?? 1

    @Test("every node has each acknowledged delivery exactly once, after any kill or pause")
    func cluster() async throws {
        let cluster = try Cluster()
        var servers = ["a": try cluster.serve("a"), "b": try cluster.serve("b"), "c": try cluster.serve("c")]
        let query = try cluster.follow("query")
        let load = ClusterLoad(servers.values.map(\.port))
        async let ended: Void = load.run(senders: 4)
        // Stops the senders even if the test fails; otherwise the test would wait for them forever.
        defer { load.stop() }
        try load.waitForMore(100)
        for round in 0..<Self.roundCount {
            // Kills a receiver and restarts it with its archive.
            servers["a"]?.kill()
            try load.waitForMore(50)
            servers["a"] = try cluster.serve("a")
            load.add(try #require(servers["a"]).port)

            // Pauses the leader for longer than its lease. Another node takes the lead, and the old leader notices this
            // when it continues.
            let leader = try cluster.leader(after: nil)
            let stopped = try #require(servers[leader])
            kill(stopped.processID, SIGSTOP)
            let next = try cluster.leader(after: leader)
            kill(stopped.processID, SIGCONT)
            try stopped.waitForLog("another node became the leader")
            try load.waitForMore(50)

            // Kills the leader.
            let killed = try cluster.leader(after: nil)
            servers[killed]?.kill()
            #expect([leader, next].contains(killed) || Self.roundCount > 1)
            _ = try cluster.leader(after: killed)
            servers[killed] = try cluster.serve(killed)
            load.add(try #require(servers[killed]).port)

            // Pauses a server. Another server takes over the name and lanes of the paused server, so the paused server
            // ends when it continues.
            let old = try #require(servers["c"])
            kill(old.processID, SIGSTOP)
            let new = try cluster.serve("c", archive: "c\(round)")
            try new.waitForLog("lane connected", count: 2)
            kill(old.processID, SIGCONT)
            #expect(try old.waitUntilExit() != 0)
            #expect(old.logText.contains("another server took over a lane of this server"))
            servers["c"] = new
            load.add(new.port)

            // Kills PostgreSQL.
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

    @Test("two query nodes on the same host need different names, and 'follow --once' needs no name")
    func nodeNames() throws {
        let cluster = try Cluster()
        let server = try cluster.serve("a")
        try server.waitForLog("lane connected", count: 2)
        let body = Array(#"{"productName":"load","productReportId":"1"}"#.utf8)
        #expect(try LoopbackHTTP(port: server.port).post("/klavi", body: body).status == 200)
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

    @Test("the leader makes follow-up calls, and after it stops the next leader makes them")
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
