import Deliveries
import Foundation
import Providers
import StrictJSON
import TestKit
import Testing

/// Deliveries, their signature and the response.
extension KlaviWireFactsTests {
    @Test(
        "Deliveries: both types come by POST as JSON and are deliveries",
        arguments: [KlaviWire.event, KlaviWire.report])
    func post(_ body: String) {
        #expect(screen("POST", headers: [HeaderField("Content-Type", "application/json")], body: body) == .delivery)
        #expect(screen("POST", headers: [], body: body) == .delivery, "the content type is not documented")
    }

    @Test("Deliveries: an event's root is an array, a report's an object")
    func roots() throws {
        #expect(try only(KlaviWire.event).dedupeKey.hasPrefix("event:"))
        #expect(try only(KlaviWire.report).dedupeKey == "report:PR-1")
    }

    @Test(
        "Deliveries: one source takes reports of the one-time, the per-link and the console's URL, whatever their paths",
        arguments: ["/klavi", "/klavi/", "/klavi/once/1", "/klavi/links/a?b=c", "/klavi/checking/yourpath"])
    func paths(_ target: String) {
        #expect(SampleSources.table.source(at: RequestTarget(target).path)?.name == "klavi")
        #expect(screen("POST", target, body: KlaviWire.report) == .delivery)
    }

    @Test(
        "Deliveries: what tells of a report's making is an event, not a product",
        arguments: ["product_request_received", "product_generated_success", "product_generated_failed"])
    func lifecycle(_ name: String) throws {
        #expect(try only(#"[{"eventName":"\#(name)","eventId":"1"}]"#).dedupeKey == "event:1")
        #expect(KlaviProvider.typesWithoutCallbackURL.contains(name))
    }

    @Test(
        "Signature: the signature is lower-case hex HMAC-SHA256 over the body",
        arguments: [KlaviWire.event, KlaviWire.report])
    func signature(_ body: String) {
        let signature = Self.hex(body)
        #expect(signature.utf8.count == 64 && signature == signature.lowercased())
        #expect(verify(body, signature: signature) == .verified(secretName: "primary"))
        #expect(verify(body + " ", signature: signature) == .failed(.mismatch))
    }

    @Test("Signature: the key is the secretKey and no other")
    func key() {
        let signature = Hex.encode(TestCode.hmac(key: "accessKey", Array(KlaviWire.event.utf8)))
        #expect(verify(KlaviWire.event, signature: signature) == .failed(.mismatch))
    }

    @Test("Signature: the timestamp header holds decimal Unix seconds and is understood without a warning")
    func timestamp() throws {
        #expect(try only(KlaviWire.event, headers: [HeaderField("X-Klavi-Timestamp", "1700000000")]).problem == nil)
        #expect(try only(KlaviWire.event, headers: [HeaderField("X-Klavi-Timestamp", "soon")]).problem != nil)
    }

    @Test("Signature: the timestamp is not signed, so any or none verifies", arguments: [nil, "1740716924", "0", "x"])
    func unsignedTimestamp(_ time: String?) {
        let others = time.map { [HeaderField("X-Klavi-Timestamp", $0)] } ?? []
        #expect(
            verify(KlaviWire.event, signature: Self.hex(KlaviWire.event), others: others)
                == .verified(secretName: "primary"))
        let withTime = Hex.encode(TestCode.hmac(key: "klavi-test-secret", Array("1740716924.\(KlaviWire.event)".utf8)))
        #expect(verify(KlaviWire.event, signature: withTime, others: others) == .failed(.mismatch))
    }

    @Test(
        "Signature: events and reports are both signed, and a missing signature is told",
        arguments: [KlaviWire.event, KlaviWire.report])
    func missing(_ body: String) {
        #expect(verify(body, signature: nil) == .failed(.missing))
    }

    @Test("Signature: a signature over compact JSON counts where that is switched on")
    func compacted() {
        let spaced = KlaviWire.event.replacingOccurrences(of: ",\"", with: ",\n  \"")
        #expect(spaced != KlaviWire.event)
        let signature = Self.hex(KlaviWire.event)
        #expect(verify(spaced, signature: signature) == .failed(.mismatch))
        #expect(verify(spaced, signature: signature, acceptsCompacted: true) == .verified(secretName: "primary"))
        #expect(
            verify(spaced, signature: Self.hex(spaced), acceptsCompacted: true) == .verified(secretName: "primary"))
    }

    @Test("Signature: hex may stand alone or behind sha256=", arguments: ["", "sha256="])
    func prefixes(_ prefix: String) {
        #expect(
            verify(KlaviWire.event, signature: prefix + Self.hex(KlaviWire.event)) == .verified(secretName: "primary"))
    }

    @Test("Signature: a replayed event has the key of the first, by its eventId")
    func replay() throws {
        let later = KlaviWire.event.replacingOccurrences(of: "t1", with: "t2")
        #expect(try only(KlaviWire.event).dedupeKey == only(later).dedupeKey)
        #expect(try only(KlaviWire.event).dedupeKey == "event:1495468585434-0e73d1719173766fe4dfe1a8")
    }

    @Test("Deliveries: the console's test posts nothing, with or without Authorization", arguments: [nil, "Bearer x"])
    func emptyPost(_ authorization: String?) {
        let headers = authorization.map { [HeaderField("Authorization", $0)] } ?? []
        #expect(screen("POST", headers: headers) == Self.handshake)
    }

    @Test("Signature: a report needs no Authorization and gains nothing by one", arguments: [nil, "Bearer x"])
    func authorization(_ value: String?) {
        let others = value.map { [HeaderField("Authorization", $0)] } ?? []
        #expect(
            verify(KlaviWire.report, signature: Self.hex(KlaviWire.report), others: others)
                == .verified(secretName: "primary"))
        #expect(verify(KlaviWire.report, signature: nil, others: others) == .failed(.missing))
    }

    @Test("Deliveries: a plain GET is answered 200")
    func plainGet() {
        #expect(screen("GET") == Self.handshake)
    }

    @Test(
        "Deliveries: the addresses Klavi sends from can be allowed, and no others",
        arguments: [("18.231.92.86", true), ("18.230.43.17", true), ("18.230.43.18", false), ("192.0.2.1", false)])
    func addresses(_ peer: String, _ isAllowed: Bool) throws {
        var policy = SenderPolicy()
        policy.allowed = [try #require(AddressRange("18.231.92.86")), try #require(AddressRange("18.230.43.17"))]
        let request = InboundRequest(
            method: "POST", target: RequestTarget("/klavi"), headers: [], body: [], peer: peer, receivedAt: .vectors)
        #expect(policy.admits(request) == isAllowed)
    }

    @Test("Response and retries: what is answered at once is answered exactly 200", arguments: ["GET", "HEAD", "POST"])
    func exactly200(_ method: String) {
        guard case .handshake(let response, _) = screen(method) else {
            Issue.record("\(method) is not greeted")
            return
        }
        #expect(response.status == 200)
    }

    @Test("Response and retries: a delivery is never redirected, wherever visitors go")
    func noRedirect() throws {
        let redirects = try RedirectPolicy(allowed: [], landing: "https://app.example.com/")
        #expect(screen("POST", "/klavi?link_id=1", body: KlaviWire.event, redirects: redirects) == .delivery)
    }

    @Test("Response and retries: five retries are one report", arguments: [KlaviWire.event, KlaviWire.report])
    func retries(_ body: String) {
        let keys = (0...5).flatMap { attempt in
            provider.parse(body: body, headers: [HeaderField("X-Klavi-Timestamp", "170000000\(attempt)")])
                .map(\.dedupeKey)
        }
        #expect(keys.count == 6 && Set(keys).count == 1)
    }

    @Test("Encryption: encrypted values are kept as they came")
    func encrypted() throws {
        let body = KlaviWire.report.replacingOccurrences(of: "12345678909", with: "q83vEjRWeJA=")
        #expect(verify(body, signature: Self.hex(body)) == .verified(secretName: "primary"))
        #expect(try only(body).values(of: "enquiryCpf") == ["q83vEjRWeJA="])
        #expect(try only(body).problem == nil)
    }
}
