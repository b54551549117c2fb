import Deliveries
import Foundation
import StrictJSON
import Testing

@testable import ProviderSandbox

@Suite("Certn Centric: the challenge, notifications and triggers")
struct CentricWebhookTests {
    private static let hook = CentricDesk.hook

    @Test("a registered URL gets a challenge, which is one unsigned GET with a limit of ten seconds")
    func challenges() throws {
        let bench = CentricDesk.open()
        try bench.register(Self.hook)
        let sent = bench.takeSent()
        let callback = try #require(sent.first)
        #expect(sent.count == 1)
        #expect(callback.type == "challenge")
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

    @Test("an echoed challenge enables deliveries, whose four members are in the documented order")
    func delivers() throws {
        let bench = CentricDesk.open()
        try bench.enable()
        let id = bench.order(CentricDesk.quickscreen)
        let sent = bench.takeSent()
        #expect(
            sent.map(\.type) == [
                "CASE_STATUS_CHANGED", "CHECK_STATUS_CHANGED", "CHECK_STATUS_CHANGED", "CASE_STATUS_CHANGED",
                "CHECK_STATUS_CHANGED", "CHECK_STATUS_CHANGED",
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
                    == #"{"id":"\#(eventID)","event_type":"\#(callback.type)","object_id":"\#(id)","object_type":"CASE"}"#
            )
        }
        #expect(eventIDs.count == sent.count)
    }

    @Test("notifications are signed over the body, in hex")
    func signs() throws {
        let bench = CentricDesk.open()
        try bench.trigger(Trigger(type: "CASE_STATUS_CHANGED", url: Self.hook))
        let callback = try #require(bench.takeSent().first)
        let body = Array(
            #"{"id":"e50b8c4f-9a95-40a0-886a-37aa21ea078e","event_type":"CASE_STATUS_CHANGED","object_id":"2f64d134-1c54-4028-8e8b-9cfa7bd8011c","object_type":"CASE"}"#
                .utf8)
        let right = callback.proof(of: body, ProofConditions(secondsSinceEpoch: 1))
        #expect(
            right == [
                HeaderField("X-Signature", "f977c5c42bb70f2a5e030b22eee28a2fbfea59903ae93e2f3a2cfefb6c4cfa7b")
            ])
        let wrong = callback.proof(of: body, ProofConditions(secondsSinceEpoch: 1, isWrong: true))
        #expect(wrong.map(\.name) == ["X-Signature"])
        #expect(wrong != right)
        #expect(callback.policy.waits == [1, 2])
        #expect((100...599).filter { !callback.policy.isFinal($0) } == [408, 429] + Array(500...599))
    }

    @Test(
        "a challenge that is not echoed disables the endpoint",
        arguments: [
            .delivered(status: 200, body: []), .delivered(status: 200, body: Array("ok".utf8)),
            .failed(status: 404), .failed(status: nil), .dropped,
        ] as [CallbackOutcome])
    func disables(outcome: CallbackOutcome) throws {
        let bench = CentricDesk.open()
        try bench.register(Self.hook)
        let challenge = try #require(bench.takeSent().first)
        let id = bench.order(CentricDesk.invitation)
        bench.conclude(challenge, outcome)
        #expect(bench.takeSent().isEmpty)
        _ = bench.order(CentricDesk.quickscreen)
        #expect(bench.takeSent().isEmpty)
        let text = bench.failure(of: Trigger(type: "CASE_STATUS_CHANGED", reference: id))
        #expect(text?.contains("disabled: the challenge failed") == true)
        #expect(text?.contains("register the endpoint again") == true)
        try bench.enable()
        #expect(bench.failure(of: Trigger(type: "CASE_STATUS_CHANGED", reference: id)) == nil)
    }

    @Test("events during the challenge are queued, and overdue events are sent at once after the challenge")
    func keeps() throws {
        let bench = CentricDesk.open()
        try bench.register(Self.hook)
        let challenge = try #require(bench.takeSent().first)
        _ = bench.order(CentricDesk.quickscreen)
        #expect(bench.takeSent().isEmpty)
        let pending = bench.failure(of: Trigger(type: "CASE_STATUS_CHANGED"))
        #expect(pending?.contains("challenge is pending") == true)
        bench.now += 3
        let value = try #require(challenge.url.split(separator: "=").last)
        bench.conclude(challenge, .delivered(status: 200, body: Array(value.utf8)))
        #expect(bench.takeSent().map(\.delay) == [0, 0, 0, 2, 0, 0])
        bench.conclude(challenge, .failed(status: nil))
        #expect(bench.failure(of: Trigger(type: "CASE_STATUS_CHANGED")) == nil)
    }

    @Test("the outcome of an older challenge does not affect a newer challenge")
    func ignoresOlder() throws {
        let bench = CentricDesk.open()
        try bench.register(Self.hook)
        let older = try #require(bench.takeSent().first)
        try bench.register(Self.hook)
        let newer = try #require(bench.takeSent().first)
        #expect(older.url != newer.url)
        let value = try #require(older.url.split(separator: "=").last)
        bench.conclude(older, .delivered(status: 200, body: Array(value.utf8)))
        #expect(bench.failure(of: Trigger(type: "CASE_STATUS_CHANGED"))?.contains("pending") == true)
    }

    @Test(
        "a trigger delivers every type, with a generated case that can be read",
        arguments: [
            "CASE_STATUS_CHANGED", "CHECK_STATUS_CHANGED", "CASE_REPORT_READY",
            "CASE_INPUT_CLAIMS_AUTOMATICALLY_GENERATED",
        ])
    func triggers(type: String) throws {
        let bench = CentricDesk.open()
        try bench.enable()
        try bench.trigger(Trigger(type: type, externalInfo: [.init("order", "7")]))
        let callback = try #require(bench.takeSent().first)
        let json = try #require(JSON(parsing: callback.body))
        #expect(callback.url == Self.hook)
        #expect(json["event_type"]?.string == type)
        let read = bench.authorized("GET", "/cases/\(json["object_id"]?.string ?? "")/").json
        #expect(read["overall_status"] == "COMPLETE")
        #expect(read["tags"] == ["order=7"])
    }

    @Test("a trigger about a known case does not change it, but a report requires a complete case")
    func triggersKnown() throws {
        let bench = CentricDesk.open()
        let id = bench.order(CentricDesk.invitation)
        try bench.trigger(Trigger(type: "CASE_STATUS_CHANGED", reference: id, url: Self.hook))
        #expect(bench.status(of: id) == "APPLICANT_INVITED")
        try bench.trigger(Trigger(type: "CASE_REPORT_READY", reference: id, url: Self.hook))
        #expect(bench.status(of: id) == "COMPLETE")
        #expect(bench.takeSent().map(\.reference) == [id, id])
        #expect(bench.authorized("POST", "/cases/\(id)/generate-report/", ["language": "en-CA"]).status == 201)
    }

    @Test("a rejected trigger reports the reason")
    func rejectsTrigger() {
        let bench = CentricDesk.open()
        #expect(
            bench.failure(of: Trigger(type: "CASE_STATUS_CHANGED"))?.contains("register one") == true)
        let type = bench.failure(of: Trigger(type: "applicant", url: Self.hook)) ?? ""
        for known in ["CASE_STATUS_CHANGED", "CHECK_STATUS_CHANGED", "CASE_REPORT_READY", "CASE_INPUT_CLAIMS_"] {
            #expect(type.contains(known))
        }
        let unknown = Trigger(type: "CASE_STATUS_CHANGED", reference: "x", url: Self.hook)
        #expect(bench.failure(of: unknown)?.contains("no case 'x'") == true)
        let large = Trigger(type: "CASE_STATUS_CHANGED", url: Self.hook, byteCount: 153)
        #expect(bench.failure(of: large)?.contains("omit the size") == true)
        #expect(bench.takeSent().isEmpty)
    }
}
