import Foundation
import Testing

@testable import ProviderSandbox

@Suite("Certn Centric: the challenge, notifications and triggers")
struct CentricWebhookTests {
    private static let hook = CertnBench.hook

    @Test("a URL that is set gets a challenge: one GET, ten seconds, nothing signed")
    func challenges() throws {
        var bench = CertnBench.centric
        try bench.register(Self.hook)
        let sent = bench.takeSent()
        let callback = try #require(sent.first)
        #expect(sent.count == 1)
        #expect(callback.kind == "challenge")
        #expect(callback.provider == "certn-centric")
        #expect(callback.method == "GET")
        #expect(callback.url.hasPrefix("\(Self.hook)?challenge="))
        #expect(callback.url.count == Self.hook.count + 11 + 43)
        #expect(callback.body.isEmpty)
        #expect(callback.proof(of: [], ProofConditions(secondsSinceEpoch: 1)).isEmpty)
        #expect(callback.policy.timeLimit == .seconds(10))
        #expect(callback.policy.waits.isEmpty)
        #expect(callback.delay == 0)
    }

    @Test(
        "the challenge is joined to what the URL has",
        arguments: [
            ("http://127.0.0.1:1/c?a=b", "http://127.0.0.1:1/c?a=b&challenge="),
            ("http://127.0.0.1:1/c?", "http://127.0.0.1:1/c?challenge="),
            ("http://127.0.0.1:1/c#part", "http://127.0.0.1:1/c?challenge="),
        ])
    func joins(url: String, start: String) throws {
        var bench = CertnBench.centric
        try bench.register(url)
        #expect(bench.takeSent().first?.url.hasPrefix(start) == true)
    }

    @Test("a choice of proof is refused")
    func refusesScheme() {
        var bench = CertnBench.centric
        #expect(throws: SandboxRefusal("Certn signs in one way only; leave out the scheme")) {
            try bench.register(Self.hook, scheme: "hmac")
        }
    }

    @Test("an echoed challenge enables deliveries, of four members in their order")
    func delivers() throws {
        var bench = CertnBench.centric
        try bench.enable()
        let id = bench.order(CertnBench.quickscreen)
        let sent = bench.takeSent()
        #expect(
            sent.map(\.kind) == [
                "CASE_STATUS_CHANGED", "CHECK_STATUS_CHANGED", "CHECK_STATUS_CHANGED", "CHECK_STATUS_CHANGED",
                "CHECK_STATUS_CHANGED", "CASE_STATUS_CHANGED",
            ])
        #expect(sent.map(\.delay) == [0, 0, 0, 5, 0, 0])
        #expect(sent.allSatisfy { $0.group == id && $0.reference == id && $0.url == Self.hook && $0.method == "POST" })
        var eventIDs: Set<String> = []
        for callback in sent {
            let text = String(decoding: callback.body, as: UTF8.self)
            let eventID = try #require(JSON(parsing: callback.body)?["id"]?.string)
            eventIDs.insert(eventID)
            #expect(
                text
                    == #"{"id":"\#(eventID)","event_type":"\#(callback.kind)","object_id":"\#(id)","object_type":"CASE"}"#
            )
        }
        #expect(eventIDs.count == sent.count)
    }

    @Test("a report that is ready is told of after two seconds, a cancelled case at once")
    func deliversLater() throws {
        var bench = CertnBench.centric
        try bench.enable()
        let id = bench.order(CertnBench.quickscreen)
        bench.now += 5
        _ = bench.takeSent()
        _ = bench.authorized("POST", "/cases/\(id)/generate-report/", ["language": "en-CA"])
        let ready = bench.takeSent()
        #expect(ready.map(\.kind) == ["CASE_REPORT_READY"])
        #expect(ready.map(\.delay) == [2])
        #expect(JSON(parsing: ready.first?.body ?? [])?["object_id"]?.string == id)
        let invited = bench.order(CertnBench.invitation)
        #expect(bench.takeSent().map(\.kind) == ["CASE_STATUS_CHANGED"])
        _ = bench.authorized("POST", "/cases/\(invited)/cancel/")
        #expect(bench.takeSent().map(\.kind) == ["CHECK_STATUS_CHANGED", "CASE_STATUS_CHANGED"])
    }

    @Test("notifications are signed over the body, in hex")
    func signs() throws {
        var bench = CertnBench.centric
        try bench.trigger(Trigger(kind: "CASE_STATUS_CHANGED", url: Self.hook))
        let callback = try #require(bench.takeSent().first)
        let body = Array(
            #"{"id":"e50b8c4f-9a95-40a0-886a-37aa21ea078e","event_type":"CASE_STATUS_CHANGED","object_id":"2f64d134-1c54-4028-8e8b-9cfa7bd8011c","object_type":"CASE"}"#
                .utf8)
        let right = callback.proof(of: body, ProofConditions(secondsSinceEpoch: 1))
        #expect(
            right == [
                HeaderLine("X-Signature", "f977c5c42bb70f2a5e030b22eee28a2fbfea59903ae93e2f3a2cfefb6c4cfa7b")
            ])
        let wrong = callback.proof(of: body, ProofConditions(secondsSinceEpoch: 1, isWrong: true))
        #expect(wrong.map(\.name) == ["X-Signature"])
        #expect(wrong != right)
        #expect(callback.policy.waits == [1, 2])
        #expect((100...599).filter { !callback.policy.isFinal($0) } == [408, 429] + Array(500...599))
    }

    @Test(
        "any other end of the challenge disables the endpoint",
        arguments: [
            .delivered(status: 200, body: []), .delivered(status: 200, body: Array("ok".utf8)),
            .failed(status: 404), .failed(status: nil), .dropped,
        ] as [CallbackOutcome])
    func disables(outcome: CallbackOutcome) throws {
        var bench = CertnBench.centric
        try bench.register(Self.hook)
        let challenge = try #require(bench.takeSent().first)
        let id = bench.order(CertnBench.invitation)
        bench.conclude(challenge, outcome)
        #expect(bench.takeSent().isEmpty)
        _ = bench.order(CertnBench.quickscreen)
        #expect(bench.takeSent().isEmpty)
        let text = bench.refusal(of: Trigger(kind: "CASE_STATUS_CHANGED", reference: id))
        #expect(text?.contains("disabled: the challenge failed") == true)
        #expect(text?.contains("register it again") == true)
        try bench.enable()
        #expect(bench.refusal(of: Trigger(kind: "CASE_STATUS_CHANGED", reference: id)) == nil)
    }

    @Test("an echo with a line end is not the value")
    func refusesNearly() throws {
        var bench = CertnBench.centric
        try bench.register(Self.hook)
        let challenge = try #require(bench.takeSent().first)
        let value = try #require(challenge.url.split(separator: "=").last)
        bench.conclude(challenge, .delivered(status: 200, body: Array("\(value)\n".utf8)))
        #expect(bench.refusal(of: Trigger(kind: "CASE_STATUS_CHANGED"))?.contains("failed") == true)
    }

    @Test("what comes up while the challenge is under way is kept, and leaves after it in time")
    func keeps() throws {
        var bench = CertnBench.centric
        try bench.register(Self.hook)
        let challenge = try #require(bench.takeSent().first)
        _ = bench.order(CertnBench.quickscreen)
        #expect(bench.takeSent().isEmpty)
        let pending = bench.refusal(of: Trigger(kind: "CASE_STATUS_CHANGED"))
        #expect(pending?.contains("challenge is pending") == true)
        bench.now += 3
        let value = try #require(challenge.url.split(separator: "=").last)
        bench.conclude(challenge, .delivered(status: 200, body: Array(value.utf8)))
        #expect(bench.takeSent().map(\.delay) == [0, 0, 0, 2, 0, 0])
        bench.conclude(challenge, .failed(status: nil))
        #expect(bench.refusal(of: Trigger(kind: "CASE_STATUS_CHANGED")) == nil)
    }

    @Test("the end of an older challenge means nothing to a newer one")
    func ignoresOlder() throws {
        var bench = CertnBench.centric
        try bench.register(Self.hook)
        let older = try #require(bench.takeSent().first)
        try bench.register(Self.hook)
        let newer = try #require(bench.takeSent().first)
        #expect(older.url != newer.url)
        let value = try #require(older.url.split(separator: "=").last)
        bench.conclude(older, .delivered(status: 200, body: Array(value.utf8)))
        #expect(bench.refusal(of: Trigger(kind: "CASE_STATUS_CHANGED"))?.contains("pending") == true)
    }

    @Test(
        "every kind is delivered on demand, for a case made up that can be read",
        arguments: [
            "CASE_STATUS_CHANGED", "CHECK_STATUS_CHANGED", "CASE_REPORT_READY",
            "CASE_INPUT_CLAIMS_AUTOMATICALLY_GENERATED",
        ])
    func triggers(kind: String) throws {
        var bench = CertnBench.centric
        try bench.enable()
        try bench.trigger(Trigger(kind: kind, externalInfo: [.init("order", "7")]))
        let callback = try #require(bench.takeSent().first)
        let json = try #require(JSON(parsing: callback.body))
        #expect(callback.url == Self.hook)
        #expect(json["event_type"]?.string == kind)
        let read = bench.authorized("GET", "/cases/\(json["object_id"]?.string ?? "")/").certnJSON
        #expect(read["overall_status"] == "COMPLETE")
        #expect(read["tags"] == ["order=7"])
    }

    @Test("a trigger about a known case leaves it where it is, but a report needs a complete one")
    func triggersKnown() throws {
        var bench = CertnBench.centric
        let id = bench.order(CertnBench.invitation)
        try bench.trigger(Trigger(kind: "CASE_STATUS_CHANGED", reference: id, url: Self.hook))
        #expect(bench.status(of: id) == "APPLICANT_INVITED")
        try bench.trigger(Trigger(kind: "CASE_REPORT_READY", reference: id, url: Self.hook))
        #expect(bench.status(of: id) == "COMPLETE")
        #expect(bench.takeSent().map(\.reference) == [id, id])
        #expect(bench.authorized("POST", "/cases/\(id)/generate-report/", ["language": "en-CA"]).status == 201)
    }

    @Test("a trigger with a URL of its own needs no challenge")
    func triggersElsewhere() throws {
        var bench = CertnBench.centric
        try bench.register(Self.hook)
        _ = bench.takeSent()
        try bench.trigger(Trigger(kind: "CASE_STATUS_CHANGED", url: "http://127.0.0.1:1/other"))
        #expect(bench.takeSent().map(\.url) == ["http://127.0.0.1:1/other"])
    }

    @Test("a trigger says what stands against it")
    func refusesTrigger() {
        var bench = CertnBench.centric
        #expect(
            bench.refusal(of: Trigger(kind: "CASE_STATUS_CHANGED"))?.contains("register one, or give the URL") == true)
        let kind = bench.refusal(of: Trigger(kind: "applicant", url: Self.hook)) ?? ""
        for known in ["CASE_STATUS_CHANGED", "CHECK_STATUS_CHANGED", "CASE_REPORT_READY", "CASE_INPUT_CLAIMS_"] {
            #expect(kind.contains(known))
        }
        let unknown = Trigger(kind: "CASE_STATUS_CHANGED", reference: "x", url: Self.hook)
        #expect(bench.refusal(of: unknown)?.contains("no case 'x'") == true)
        let large = Trigger(kind: "CASE_STATUS_CHANGED", url: Self.hook, byteCount: 153)
        #expect(bench.refusal(of: large)?.contains("152 bytes") == true)
        #expect(bench.takeSent().isEmpty)
        #expect(bench.refusal(of: Trigger(kind: "CASE_STATUS_CHANGED", url: Self.hook, byteCount: 152)) == nil)
    }
}
