import TestKit
import Testing

@Suite("Following another Callbox", .programs)
struct ReplicationAcceptanceTests {
    private func post(_ server: RunningServer, _ number: Int) throws -> LoopbackHTTP.Response {
        try LoopbackHTTP(port: server.port).post("/klavi", body: Load.body(number, byteCount: 300))
    }

    @Test(
        "with 'acknowledge-after: follower', a delivery that got a 200 is in the copy, even if both nodes are killed")
    func semiSynchronous() async throws {
        let (primary, copy) = (try ReplicationNode(acknowledgesAfter: "follower"), try ReplicationNode())
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

    @Test("after a promotion the old primary acknowledges no delivery, does not start, and can follow the new primary")
    func switchover() throws {
        let (old, new) = (try ReplicationNode(), try ReplicationNode())
        let server = try old.serve()
        #expect(try post(server, 1).status == 200)
        let follower = try new.follow(old)
        try follower.waitForLog("the copy is up to date")
        // The next request of the follower reports its position.
        var metrics = ""
        for _ in 0..<500 where !metrics.contains("callbox_follower_lag_entries{node=\"copy\"} 0\n") {
            metrics = try old.metrics()
        }
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

    @Test("a follower logs one line if the token is wrong, or if its archive is not a copy")
    func rejected() throws {
        let (one, other) = (try ReplicationNode(), try ReplicationNode())
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
    }

    @Test("a follower trusts only the certificate that --cacert names")
    func certificates() throws {
        let (trusted, other) = (try SelfSignedCertificate(), try SelfSignedCertificate())
        let (primary, copy) = (try ReplicationNode(certificate: trusted), try ReplicationNode())
        #expect(primary.url.hasPrefix("https://"))
        let server = try primary.serve()
        #expect(try post(server, 1).status == 200)
        let checked = try primary.run("doctor").text
        #expect(checked.contains("cert.pem is valid for 1 day, until"), "\(checked)")

        let follower = try copy.follow(primary, "--cacert", trusted.path)
        try follower.waitForLog("the copy is up to date", "position=1")
        #expect(try follower.stop() == 0)
        #expect(try copy.body(1) == Load.body(1, byteCount: 300))

        // With a wrong certificate a follower keeps trying, because the certificate may be replaced later.
        let suspicious = try copy.follow(primary, "--cacert", other.path)
        try suspicious.waitForLog("copying failed; trying again", "the certificate is not trusted")
        #expect(try suspicious.stop() == 0)
        for flags in [["--cacert", other.path], []] {
            let refused = try copy.run(["archive", "promote", "--from", primary.url] + flags)
            #expect(refused.status == 69, "\(refused.error)")
            #expect(refused.error.contains("cannot copy from the primary: the certificate is not trusted"))
        }
        #expect(server.logCount("another archive took over") == 0)
        let once = try copy.run(["follow", "--once", "--from", primary.url, "--cacert", other.path])
        #expect(once.status == 69 && once.error.contains("the certificate is not trusted"), "\(once.error)")
        for path in [trusted.key, trusted.path + ".missing"] {
            let unusable = try copy.run(["follow", "--from", primary.url, "--cacert", path])
            #expect(unusable.status == 78, "\(unusable.error)")
            #expect(unusable.error.contains("\(path) contains no certificate in PEM format"))
        }

        let plain = try copy.follow(primary, at: "http://127.0.0.1:\(primary.port)")
        try plain.waitForLog("copying failed; trying again", "if the listener uses TLS, use an https URL")
        #expect(try plain.stop() == 0)
        #expect(try server.stop() == 0)
    }

    @Test("doctor reports the followers of a primary, and the state of a copy")
    func doctor() throws {
        let (primary, copy) = (try ReplicationNode(acknowledgesAfter: "follower"), try ReplicationNode())
        let server = try primary.serve()
        let alone = try primary.run("doctor", "--format", "table")
        #expect(alone.status == 1 && alone.text.contains("no follower is connected"), "\(alone.text)")

        let follower = try copy.follow(primary)
        try follower.waitForLog("the copy is up to date")
        #expect(try post(server, 1).status == 200)
        let followed = try primary.run("doctor").text
        #expect(followed.contains("follower copy is connected and has all entries"), "\(followed)")
        let copied = try copy.run("doctor").text
        #expect(copied.contains("the primary is reachable, chain verified up to entry 1"), "\(copied)")
        #expect(!copied.contains("for followers"))

        server.kill()
        try follower.waitForLog("copying failed; trying again")
        let away = try copy.run("doctor")
        #expect(away.status == 1 && away.text.contains("the primary is not reachable"), "\(away.text)")
        #expect(try follower.stop() == 0)
        #expect(try copy.run("doctor").text.contains("no process updates this copy"))
    }

    @Test("follow --once copies and indexes the existing entries, prints their number, and ends")
    func once() throws {
        let (primary, copy) = (try ReplicationNode(), try ReplicationNode())
        let server = try primary.serve()
        for number in 1...3 { #expect(try post(server, number).status == 200) }
        let first = try copy.run("follow", "--once", "--from", primary.url)
        #expect(first.status == 0 && first.text == "{\"copied\":3,\"lastId\":3}\n", "\(first.text)\(first.error)")
        #expect(try copy.run("list", "--json", "id").lines.count == 3)
        #expect(try copy.body(3) == Load.body(3, byteCount: 300))

        #expect(try post(server, 4).status == 200)
        let second = try copy.run("follow", "--once", "--from", primary.url, "--format", "table")
        #expect(second.status == 0 && second.text == "copied 1 entry, up to entry 4\n", "\(second.text)")
        let third = try copy.run("follow", "--once", "--from", primary.url, "--format", "table")
        #expect(third.status == 0 && third.text == "the copy is up to date, at entry 4\n", "\(third.text)")
        // The last request acknowledged the copied entries.
        #expect(try primary.metrics().contains("callbox_follower_lag_entries{node=\"copy\"} 0\n"))
        let left = try primary.run("doctor").text
        #expect(left.contains("follower copy has all entries and was last seen"), "\(left)")
        #expect(try copy.run("archive", "verify").status == 0)

        let follower = try copy.follow(primary)
        try follower.waitForLog("the copy is up to date")
        #expect(try copy.run("follow", "--once", "--from", primary.url).status == 75)
        #expect(try follower.stop() == 0)
        #expect(try copy.run("follow", "--from", primary.url, "--format", "json").status == 64)

        #expect(try copy.run("archive", "promote", "--from", primary.url).status == 0)
        let other = try ReplicationNode()
        let superseded = try other.run("follow", "--once", "--from", primary.url)
        #expect(superseded.status == 69, "\(superseded.error)")
        #expect(superseded.error.contains("took over as the primary in epoch 2"))
        #expect(try server.stop() == 0)
        let refused = try other.run("follow", "--once", "--from", primary.url)
        #expect(refused.status == 69 && refused.error.contains("connection refused"), "\(refused.error)")
    }

    @Test("TLS is required for a primary that other machines can reach, and for a follower on another machine")
    func plainText() throws {
        let open = try ReplicationNode(host: "0.0.0.0")
        let refused = try open.run(["serve", "--listen", "127.0.0.1:0"])
        #expect(refused.status == 78 && refused.error.contains("replication.tls"), "\(refused.error)")
        let plain = try ReplicationNode().run(["follow", "--from", "http://callbox.example.com:8789"])
        #expect(plain.status == 64 && plain.error.contains("must begin with https"), "\(plain.error)")
    }
}
