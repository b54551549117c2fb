import Deliveries
import Providers
import Synchronization
import TestKit
import Testing

@testable import Intake

private final class Flag: Sendable {
    let value = Atomic(true)
}

/// Browser redirects are not signed. Therefore their number and size are limited, and they are marked as unproved.
@Suite struct RedirectTests {
    private static func redirect(
        _ code: String = "x", peer: String = "192.0.2.1", headers: [HeaderField] = [], after milliseconds: Int64 = 0
    ) -> InboundRequest {
        .fixture(
            method: "GET", target: "/ezid?code=\(code)", headers: HeaderFields(headers), body: "", peer: peer,
            receivedAt: .fixture.advanced(byMilliseconds: milliseconds))
    }

    @Test("a redirect is stored as unverified, with its exact target, selected headers and no body")
    func kept() throws {
        let harness = IntakeHarness()
        let request = InboundRequest.fixture(
            method: "GET", target: "/ezid?code=a.b.c",
            headers: [
                HeaderField("host", "callbox.example"), HeaderField("Cookie", "a=b"),
                HeaderField("Referer", "https://x/"),
                HeaderField("User-Agent", "M\u{f3}zilla/5.0"), HeaderField("X-Forwarded-For", "192.0.2.9"),
                HeaderField("X-Klavi-Signature", "00"), HeaderField("Accept-Language", "pt-BR"),
                HeaderField("USER-AGENT", "second"),
            ], body: "a body")
        harness.receive(request)
        let kept = try #require(harness.committed.first)
        #expect(kept.isUnproved)
        #expect(kept.verification == .unverified)
        #expect(kept.body.byteCount == 0 && kept.body.storedBytes == [])
        let head = try #require(try kept.head.opened())
        #expect(head.target == "/ezid?code=a.b.c" && head.peer == "192.0.2.1")
        #expect(
            head.headers == [
                HeaderField("host", "callbox.example"), HeaderField("User-Agent", "M\u{f3}zilla/5.0"),
                HeaderField("X-Forwarded-For", "192.0.2.9"), HeaderField("Accept-Language", "pt-BR"),
                HeaderField("USER-AGENT", "second"),
            ])
    }

    @Test("signed deliveries keep all headers and are not marked as unproved")
    func delivery() throws {
        let harness = IntakeHarness()
        let request = Sample.named("klavi/link-created-event").request
        harness.receive(request)
        #expect(try harness.committed.map { try $0.head.opened() } == [RequestHead(of: request)])
        #expect(harness.committed.map(\.isUnproved) == [false])
    }

    @Test("of 60 KB of headers, only whole lines up to a total of 4 KB are stored")
    func headers() throws {
        var generator = SplitMix64(seed: 4)
        let values = (0..<60).map { _ in Hex.encode(generator.bytes(512)) }
        let headers = values.map { HeaderField("User-Agent", $0) } + [HeaderField("Host", "h")]
        let harness = IntakeHarness()
        harness.receive(Self.redirect(String(repeating: "c", count: 1000), headers: headers))
        let stored = try #require(harness.committed.first)
        #expect(try stored.head.text().count <= 4096 + 64)
        let kept = try #require(try stored.head.opened()).headers
        #expect(kept.fields == [headers[0], headers[1], headers[60]])
    }

    @Test("a target over 4 KB is rejected, not truncated")
    func longTarget() {
        let harness = IntakeHarness()
        let longest = 4096 - "/ezid?code=".utf8.count
        harness.receive(Self.redirect(String(repeating: "c", count: longest)))
        harness.receive(Self.redirect(String(repeating: "c", count: longest + 1)))
        #expect(harness.responses.map(\.status) == [200, 414])
        #expect(harness.committed.count == 1)
        #expect(harness.events.last?.summary == "rejected ezid 414: the target of the redirect is too long")
    }

    @Test(
        "an address may send 30 redirects at once and 10 per second; further redirects get the try-again page"
    )
    func perAddress() throws {
        let harness = IntakeHarness()
        for number in 0..<100 { harness.receive(Self.redirect("a\(number)")) }
        #expect(harness.committed.count == 30)
        let response = try #require(harness.responses.last)
        #expect(response.status == 503)
        #expect(HeaderFields(response.headers).onlyValue(named: "Retry-After") == "5")
        #expect(String(decoding: response.body, as: UTF8.self).contains("try again"))
        #expect(harness.events.last?.summary == "rejected ezid 503: too many redirects from one address")
        harness.receive(Self.redirect(peer: "192.0.2.2"))
        #expect(harness.committed.count == 31, "another address is not affected")
        for _ in 0..<20 { harness.receive(Self.redirect(after: 1000)) }
        #expect(harness.committed.count == 41)
    }

    @Test("all addresses of an IPv6 /64 share one limit")
    func subnet() {
        let harness = IntakeHarness()
        for number in 1...100 { harness.receive(Self.redirect(peer: "2001:db8:0:1::\(number)")) }
        #expect(harness.committed.count == 30)
        harness.receive(Self.redirect(peer: "2001:db8:0:2::1"))
        #expect(harness.committed.count == 31)
    }

    @Test("a browser cannot change its address with X-Forwarded-For")
    func forwarded() {
        let harness = IntakeHarness()
        for number in 1...100 {
            let forwarded = HeaderField("X-Forwarded-For", "203.0.113.\(number)")
            harness.receive(Self.redirect(peer: "192.0.2.1", headers: [forwarded]))
        }
        #expect(harness.committed.count == 30)
    }

    @Test("all addresses together may send 400 redirects at once and 200 per second")
    func inTotal() {
        let harness = IntakeHarness()
        func flood(after milliseconds: Int64) {
            for number in 0..<1000 {
                harness.receive(
                    Self.redirect(
                        peer: "10.\(milliseconds / 1000).\(number / 250).\(number % 250)", after: milliseconds))
            }
        }
        flood(after: 0)
        #expect(harness.committed.count == 400)
        #expect(harness.events.last?.summary == "rejected ezid 503: too many redirects")
        flood(after: 1000)
        #expect(harness.committed.count == 600)
    }

    @Test("a redirect to a known link is not marked as unproved, and only the limit of its address applies")
    func referredTo() {
        let total = RateLimits(perAddress: Rate(perSecond: 1, burst: 3), total: Rate(perSecond: 1, burst: 1))
        let harness = IntakeHarness(redirects: total, known: ["/ezid?code=known"])
        harness.receive(Self.redirect("a"))
        harness.receive(Self.redirect("b"))
        harness.receive(Self.redirect("known"))
        #expect(harness.committed.map(\.isUnproved) == [true, false])
        harness.receive(Self.redirect("known"))
        #expect(harness.committed.count == 2)
        harness.receive(Self.redirect("known", peer: "192.0.2.2"))
        #expect(harness.committed.map(\.isUnproved) == [true, false, false])
    }

    @Test("while space is short, signed deliveries are stored and redirects are not")
    func shortSpace() {
        let isShort = Flag()
        let harness = IntakeHarness(
            isSpaceShort: { isShort.value.load(ordering: .relaxed) }, known: ["/ezid?code=known"])
        harness.receive(Self.redirect())
        harness.receive(Self.redirect("known"))
        #expect(harness.responses.map(\.status) == [503, 503])
        #expect(harness.events.last?.summary == "rejected ezid 503: disk space is low")
        harness.receive(Sample.named("klavi/link-created-event").request)
        #expect(harness.responses.map(\.status) == [503, 503, 200])
        isShort.value.store(false, ordering: .relaxed)
        harness.receive(Self.redirect("known"))
        #expect(harness.committed.count == 2)
    }

    @Test("signed deliveries and connectivity tests have no limit")
    func unlimited() {
        let harness = IntakeHarness()
        for _ in 0..<100 {
            harness.receive(Sample.named("klavi/link-created-event").request)
            harness.receive(.fixture(method: "GET", target: "/klavi", body: ""))
        }
        #expect(harness.responses.allSatisfy { $0.status == 200 })
        #expect(harness.committed.count == 100)
    }
}
