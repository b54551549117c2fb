import Deliveries
import Foundation
import Journal
import ReportIndex
import TestKit
import Testing

@Suite("Following another Callbox", .programs)
struct ReplicationAcceptanceTests {
    /// An archive, its server, and the port for followers.
    private final class Node {
        let bench: Workbench
        let port: Int
        private let adminPort: Int
        private let token: [String: String]

        init(acknowledgesAfter: String = "commit") throws {
            port = try RawReceiver.freePort()
            adminPort = try RawReceiver.freePort()
            token = ["CALLBOX_REPLICATION_TOKEN": String(repeating: "t", count: 32)]
            bench = try Workbench(
                """
                sources: {klavi: {verify: none}}
                admin: {listen: "127.0.0.1:\(adminPort)"}
                replication:
                  node: copy
                  listen: 127.0.0.1:\(port)
                  token: {env: CALLBOX_REPLICATION_TOKEN}
                  acknowledge-after: \(acknowledgesAfter)
                """)
        }

        var url: String { "http://127.0.0.1:\(port)" }

        private func flags(_ first: [String]) -> [String] {
            first + ["--config", bench.configuration, "--archive", bench.archive]
        }

        func serve() throws -> RunningServer {
            try RunningServer("callbox", flags(["serve", "--listen", "127.0.0.1:0"]), environment: token)
        }

        func follow(_ primary: Node) throws -> RunningServer {
            try RunningServer("callbox", flags(["follow", "--from", primary.url]), environment: token)
        }

        func run(_ arguments: String...) throws -> BuiltBinary.Result {
            try BuiltBinary.run("callbox", flags(arguments), environment: token)
        }

        func metrics() throws -> String {
            String(decoding: try LoopbackHTTP(port: adminPort).get("/metrics").body, as: UTF8.self)
        }

        func body(_ id: Int64) throws -> [UInt8]? {
            try ArchiveReader(ArchiveDirectory(path: bench.archive)).delivery(DeliveryID(rawValue: id))?.request.body
        }
    }

    private func post(_ server: RunningServer, _ number: Int) throws -> LoopbackHTTP.Response {
        try LoopbackHTTP(port: server.port).post("/klavi", body: Load.body(number, byteCount: 300))
    }

    @Test("with acknowledge-after: follower, a delivery that got a 200 is in the copy after both sides were killed")
    func semiSynchronous() async throws {
        let (primary, copy) = (try Node(acknowledgesAfter: "follower"), try Node())
        let server = try primary.serve()
        #expect(try post(server, 1).status == 503, "no follower was there yet")

        let killed = try copy.follow(primary)
        try server.waitForLog("follower connected")
        let load = Load(port: server.port, firstNumber: 100)
        await load.run(senders: 4) { count in if count == 200 { killed.kill() } }
        #expect(load.acknowledged.count >= 200)
        #expect(load.ends.allSatisfy { $0.hasPrefix("503") }, "\(load.ends)")

        let follower = try copy.follow(primary)
        try follower.waitForLog("the copy is up to date")
        let second = Load(port: server.port, firstNumber: 200_000)
        await second.run(senders: 4) { count in if count == 200 { server.kill() } }
        #expect(second.acknowledged.count >= 200)
        #expect(try follower.stop() == 0)

        // The copy rejects writes until it is promoted.
        #expect(try copy.run("hold", "add", "1", "--reason", "x").status != 0)
        let promoted = try copy.run("archive", "promote")
        #expect(promoted.status == 0, "\(promoted.error)")
        let new = try copy.serve()
        for (id, body) in load.acknowledged.merging(second.acknowledged, uniquingKeysWith: { $1 }) {
            #expect(try copy.body(id) == body, "delivery \(id)")
        }
        #expect(try post(new, 2).status == 200)
        #expect(try new.stop() == 0)
        let verified = try copy.run("archive", "verify")
        #expect(verified.status == 0, "\(verified.text)")
    }

    @Test("after a promotion the old primary acknowledges no delivery, does not start, and can follow the new one")
    func switchover() throws {
        let (old, new) = (try Node(), try Node())
        let server = try old.serve()
        #expect(try post(server, 1).status == 200)
        let follower = try new.follow(old)
        try follower.waitForLog("the copy is up to date")
        let metrics = try old.metrics()
        #expect(metrics.contains("callbox_follower_lag_entries{node=\"copy\"} 0\n"), "\(metrics)")
        #expect(metrics.contains("callbox_follower_quiet_seconds{node=\"copy\"} "))
        #expect(try new.metrics().contains("callbox_replication_copying 1\n"))
        let served = try new.run("serve")
        #expect(served.status == 75 || served.status == 69, "\(served.error)")
        #expect(try follower.stop() == 0)
        #expect(try new.run("serve").error.contains("the archive is a copy"))
        #expect(try post(server, 2).status == 200)

        let promoted = try new.run("archive", "promote", "--from", old.url)
        #expect(promoted.status == 0, "\(promoted.error)")
        #expect(promoted.text.contains("is the primary in epoch 2, from entry 3"))
        #expect(try post(server, 3).status == 503)
        #expect(try LoopbackHTTP(port: server.port).get("/healthz").status == 503)
        #expect(server.logCount("another archive took over") > 0)
        #expect(try old.metrics().contains("callbox_superseded 1\n"))
        #expect(try server.stop() == 0)
        let refused = try old.run("serve")
        #expect(refused.status == 69)
        #expect(refused.error.contains("another archive took over") && refused.error.contains("callbox follow --from"))
        #expect(try old.run("hold", "add", "1", "--reason", "x").status == 69)

        let primary = try new.serve()
        let back = try old.follow(new)
        try back.waitForLog("the copy is up to date")
        #expect(try post(primary, 4).status == 200)
        #expect(try primary.stop() == 0)
        try back.waitForLog("copying failed; trying again")
        #expect(try back.stop() == 0)
        #expect(try old.body(4) == Load.body(4, byteCount: 300))
    }

    @Test("a follower logs one line if the token is wrong or the archive is a different one")
    func rejected() throws {
        let (one, other) = (try Node(), try Node())
        let server = try one.serve()
        #expect(try post(server, 1).status == 200)
        let wrong = try BuiltBinary.run(
            "callbox",
            ["follow", "--from", one.url, "--token-env", "TOKEN", "--archive", other.bench.archive],
            environment: ["TOKEN": "short"])
        #expect(wrong.status == 78 && wrong.error.contains("at least 16"), "\(wrong.error)")
        let second = try other.serve()
        #expect(try post(second, 2).status == 200)
        #expect(try second.stop() == 0)
        let follower = try other.follow(one)
        try follower.waitForLog("copying has ended", "entries that the primary does not have")
        #expect(try follower.stop() == 0)
        let plain = try one.run("follow", "--from", "http://callbox.example.com:8789")
        #expect(plain.status == 64 && plain.error.contains("must begin with https"), "\(plain.error)")
    }
}
