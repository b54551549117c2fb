import Foundation
import TestKit
import Testing

@testable import ProviderSandbox

@Suite("Steering a sandbox", .offPool)
struct ControlAPITests {
    private static func call(
        _ sandbox: Sandbox, _ method: String, _ path: String, _ body: String = ""
    ) async throws -> (status: Int, json: JSON) {
        let reply = try #require(
            await ControlAPI(sandbox: sandbox).answer(
                APIRequest(method: method, target: "/_sandbox/\(path)", body: Array(body.utf8))))
        return (reply.status, try #require(JSON(parsing: reply.body)))
    }

    @Test("the status has the time, what is pending and the faults")
    func status() async throws {
        let sandbox = Sandbox.fake()
        let status = try await Self.call(sandbox, "GET", "status")
        #expect(status.status == 200)
        #expect(status.json["pending"] == 0)
        #expect(status.json["faults"] == [])
        let now = try #require(status.json["now"]?.string)
        let time = try Date(now, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        #expect(abs(time.timeIntervalSinceNow) < 60)
    }

    @Test("the clock is put forward by whole seconds and by fractions")
    func advance() async throws {
        let sandbox = Sandbox.fake()
        #expect(try await Self.call(sandbox, "POST", "advance", #"{"seconds":3600}"#).status == 200)
        #expect(try await Self.call(sandbox, "POST", "advance", #"{"seconds":0.5}"#).status == 200)
        #expect((3590...3660).contains(sandbox.clock.now.timeIntervalSinceNow))
    }

    @Test("faults are added, counted and taken away")
    func faults() async throws {
        let sandbox = Sandbox.fake()
        _ = try await Self.call(sandbox, "POST", "faults", #"{"fault":"drop","pattern":"fake.*","count":2}"#)
        let added = try await Self.call(sandbox, "POST", "faults", #"{"fault":"delay=2s"}"#)
        #expect(
            added.json["faults"] == [
                ["count": 2, "fault": "drop", "pattern": "fake.*"],
                ["count": nil, "fault": "delay=2s", "pattern": "*"],
            ])
        #expect(try await Self.call(sandbox, "DELETE", "faults").json["faults"] == [])
    }

    @Test("what is registered is triggered, waited for and listed")
    func whole() async throws {
        try await Customer.answering { customer in
            let sandbox = Sandbox.fake()
            let url = customer.url
            #expect(
                try await Self.call(
                    sandbox, "POST", "register", #"{"provider":"fake","url":"\#(url)","scheme":"hmac"}"#
                ).json
                    == ["registered": true])
            let triggered = try await Self.call(
                sandbox, "POST", "trigger",
                #"{"provider":"fake","kind":"a","count":3,"reference":"r","externalInfo":{"b":1,"a":"x"},"byteCount":9}"#
            )
            #expect(triggered.json == ["triggered": 3])
            #expect(try await Self.call(sandbox, "POST", "idle").json["pending"] == 0)
            let entries = try #require(try await Self.call(sandbox, "GET", "ledger").json.elements)
            #expect(entries.map { $0["number"]?.integer } == [1, 2, 3])
            #expect(entries.allSatisfy { $0["status"] == 200 && $0["reference"] == "r" && $0["kind"] == "a" })
            #expect(try await Self.call(sandbox, "GET", "ledger?after=2").json.elements?.count == 1)
            #expect(try await Self.call(sandbox, "GET", "ledger?after=3").json == [])
            #expect(customer.notes.bodies.count == 3)
            #expect(
                customer.notes.bodies.first?.hasPrefix(
                    #"{"kind":"a","reference":"r","externalInfo":{"b":1,"a":"x"},"byteCount":9"#) == true)
            await sandbox.stop()
        }
    }

    @Test("a delivery can go to another URL than the registered one")
    func otherURL() async throws {
        try await Customer.answering { customer in
            let sandbox = Sandbox.fake()
            _ = try await Self.call(
                sandbox, "POST", "trigger", #"{"provider":"fake","kind":"a","url":"\#(customer.url)"}"#)
            await sandbox.idle()
            #expect(customer.notes.bodies.count == 1)
        }
    }

    @Test(
        "only this machine is ever called",
        arguments: [
            "http://example.com/", "https://192.0.2.1/", "http://127.0.0.1.example.com/",
            "http://127.0.0.1@example.com/",
            "http://0.0.0.0/", "http://[2001:db8::1]/", "ftp://127.0.0.1/", "file:///etc/passwd", "127.0.0.1:80", "/a",
            "http://", "http:///a", "", "http://127.0.0.2/", "http://2130706433/",
        ])
    func strangers(url: String) async throws {
        let sandbox = Sandbox.fake()
        for (path, body) in [
            ("register", #"{"provider":"fake","url":"\#(url)"}"#),
            ("trigger", #"{"provider":"fake","kind":"a","url":"\#(url)"}"#),
        ] {
            let answer = try await Self.call(sandbox, "POST", path, body)
            #expect(answer.status == 400)
            #expect(answer.json["error"]?.string?.hasPrefix("'url' must be ") == true)
        }
        #expect(await sandbox.pendingCount() == 0)
    }

    @Test(
        "this machine has several names",
        arguments: ["http://127.0.0.1:9/a?b=c", "https://localhost/", "http://[::1]:9/", "http://user:pw@127.0.0.1/"])
    func loopback(url: String) async throws {
        let answer = try await Self.call(.fake(), "POST", "register", #"{"provider":"fake","url":"\#(url)"}"#)
        #expect(answer.status == 200)
    }

    @Test(
        "what makes no sense is refused, with the reason",
        arguments: [
            ("POST", "advance", "", "'seconds' must be a number from 0 to ten years"),
            ("POST", "advance", #"{"seconds":-1}"#, "'seconds' must be a number from 0 to ten years"),
            ("POST", "advance", #"{"seconds":"1"}"#, "'seconds' must be a number from 0 to ten years"),
            ("POST", "advance", #"{"seconds":1e300}"#, "'seconds' must be a number from 0 to ten years"),
            ("POST", "advance", "[1]", "'seconds' must be a number from 0 to ten years"),
            ("GET", "ledger?after=x", "", "'after' must be a whole number"),
            ("POST", "register", #"{"url":"http://127.0.0.1/"}"#, "'provider' must be a text that is not empty"),
            ("POST", "register", #"{"provider":"fake"}"#, "'url' must be an http or https URL"),
            (
                "POST", "register", #"{"provider":"x","url":"http://127.0.0.1/"}"#,
                "there is no provider 'x' here; there are fake"
            ),
            (
                "POST", "register", #"{"provider":"fake","url":"http://127.0.0.1/","scheme":"bad"}"#,
                "there is no scheme 'bad'"
            ),
            (
                "POST", "register", #"{"provider":"fake","url":"http://127.0.0.1/","scheme":1}"#,
                "'scheme' must be a text that is not empty"
            ),
            ("POST", "trigger", #"{"kind":"a"}"#, "'provider' must be a text that is not empty"),
            ("POST", "trigger", #"{"provider":"fake"}"#, "'kind' must be a text that is not empty"),
            ("POST", "trigger", #"{"provider":"fake","kind":""}"#, "'kind' must be a text that is not empty"),
            ("POST", "trigger", #"{"provider":"fake","kind":"a"}"#, "nobody said where to deliver"),
            ("POST", "trigger", #"{"provider":"fake","kind":"a","count":0}"#, "'count' must be 1 to 100000"),
            ("POST", "trigger", #"{"provider":"fake","kind":"a","count":100001}"#, "'count' must be 1 to 100000"),
            ("POST", "trigger", #"{"provider":"fake","kind":"a","count":"3"}"#, "'count' must be a whole number"),
            (
                "POST", "trigger", #"{"provider":"fake","kind":"a","byteCount":-1}"#,
                "'byteCount' must be 0 to 1073741824"
            ),
            (
                "POST", "trigger", #"{"provider":"fake","kind":"a","externalInfo":[]}"#,
                "'externalInfo' must be an object"
            ),
            ("POST", "faults", #"{"fault":"x"}"#, "'fault' must be one of \(Fault.spellings)"),
            ("POST", "faults", "{}", "'fault' must be a text that is not empty"),
            ("POST", "faults", #"{"fault":"drop","count":0}"#, "'count' must be at least 1"),
            ("POST", "faults", #"{"fault":"drop","count":1.5}"#, "'count' must be a whole number"),
            ("POST", "faults", #"{"fault":"drop","pattern":7}"#, "'pattern' must be a text that is not empty"),
        ])
    func refused(method: String, path: String, body: String, problem: String) async throws {
        let sandbox = Sandbox.fake()
        let answer = try await Self.call(sandbox, method, path, body)
        #expect(answer.status == 400)
        #expect(answer.json["error"]?.string == problem)
        #expect(await sandbox.faults() == [])
        #expect(await sandbox.pendingCount() == 0)
    }

    @Test(
        "what is no call of the sandbox is 404",
        arguments: [("GET", ""), ("GET", "nothing"), ("PUT", "faults"), ("GET", "trigger"), ("DELETE", "status")])
    func unknown(method: String, path: String) async throws {
        #expect(try await Self.call(.fake(), method, path).status == 404)
    }

    @Test("a path of a provider is none of the sandbox's own, and one of nobody's is 404")
    func others() async throws {
        let sandbox = Sandbox.fake()
        for target in ["/fake/token", "/", "/x/_sandbox/status"] {
            #expect(await ControlAPI(sandbox: sandbox).answer(APIRequest(method: "GET", target: target)) == nil)
        }
        #expect(await sandbox.answer(APIRequest(method: "GET", target: "/nowhere")).status == 404)
        #expect(await sandbox.answer(APIRequest(method: "POST", target: "/fake/token")).status == 200)
    }
}
