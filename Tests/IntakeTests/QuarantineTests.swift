import Deliveries
import Providers
import TestKit
import Testing

@Suite struct QuarantineTests {
    private static let klavi = Sample.named("klavi/link-created-event").request
    private static let legacy = Sample.named("certn/legacy-applicant-analyzing").request

    @Test("an unverified delivery is quarantined with its request and the reason")
    func rejected() throws {
        let harness = IntakeHarness()
        let forged = Self.klavi.without("X-Klavi-Signature")
        harness.receive(forged)
        let kept = try #require(harness.quarantined.first)
        #expect(harness.quarantined.count == 1)
        #expect(kept.source == "klavi")
        #expect(kept.verification == .failed)
        #expect(kept.reason == "no signature header")
        #expect(kept.request.method == "POST")
        #expect(kept.request.target == forged.target)
        #expect(kept.request.headers == forged.headers)
        #expect(kept.request.body == forged.body)
        #expect(kept.request.receivedAt == forged.receivedAt)
        #expect(
            try Hex.encode(kept.bodySHA256) == Sample.named("klavi/link-created-event").expectedArchival().bodySHA256)
        #expect(harness.committed.isEmpty)
    }

    @Test("a delivery whose signature is correct but too old is quarantined as expired")
    func expired() {
        let harness = IntakeHarness()
        harness.receive(Self.legacy.later(by: 900_000))
        #expect(harness.quarantined.map(\.verification) == [.expired])
        #expect(harness.quarantined.map(\.reason) == ["the signed time is 900 s off"])
    }

    @Test("authentic deliveries, redirects, handshakes and failed commits are not quarantined")
    func others() {
        for fate: IntakeHarness.Fate in [.durable, .rejected(.storageFull)] {
            let harness = IntakeHarness(fate)
            for sample in Sample.all { harness.receive(sample.request) }
            harness.runOffloaded()
            harness.receive(.fixture(method: "GET", target: "/klavi", body: ""))
            harness.receive(.fixture(target: "/nowhere"))
            #expect(harness.quarantined.isEmpty)
        }
    }
}
