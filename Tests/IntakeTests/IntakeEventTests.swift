import Deliveries
import Intake
import TestKit
import Testing

@Suite struct IntakeEventTests {
    @Test("an archived delivery is reported with its ID, source, verification, sizes and digest")
    func arrival() throws {
        let sample = Sample.named("klavi/categorized-checking-report")
        let harness = IntakeHarness()
        harness.receive(sample.request)
        #expect(harness.events.count == 1)
        let arrival = try #require(harness.events.first?.arrival)
        let encoded = try #require(harness.committed.first)
        #expect(arrival.id.description == "1")
        let event = try #require(harness.events.first)
        #expect(event.source == "klavi")
        #expect(event.status == 200)
        #expect(event.request.maskedPath == sample.request.target.path)
        #expect(arrival.verification == .verified)
        #expect(arrival.secretName == "primary")
        #expect(arrival.bodyByteCount == 6172)
        #expect(arrival.storedByteCount == encoded.body.storedBytes.count)
        #expect(arrival.storedByteCount < arrival.bodyByteCount)
        #expect(try Hex.encode(arrival.bodySHA256) == sample.expectedArchival().bodySHA256)
    }

    @Test("a browser redirect is reported as an unverified arrival")
    func visit() throws {
        let harness = IntakeHarness()
        harness.receive(Sample.named("ezid/redirect-to-app").request)
        #expect(harness.events.count == 1)
        let arrival = try #require(harness.events.first?.arrival)
        #expect(arrival.verification == .unverified)
        #expect(arrival.secretName == nil)
    }

    @Test("no event shows a body, a header value or a query")
    func secrecy() {
        let secret = "canary-7f3a"
        let headers: HeaderFields = [
            HeaderField("X-Klavi-Signature", secret), HeaderField("Certn-Signature", "t=1,v1=\(secret)"),
            HeaderField("Authorization", "Bearer \(secret)"),
        ]
        let targets = [
            "/klavi?link_id=\(secret)", "/certn?challenge=\(secret)", "/ezid?code=\(secret)", "/certificall",
            "/unknown?\(secret)",
        ]
        for fate: IntakeHarness.Fate in [.durable, .rejected(.storageFailed)] {
            let harness = IntakeHarness(fate)
            for method in ["GET", "HEAD", "POST", "PUT"] {
                for target in targets {
                    let request = InboundRequest.fixture(method: method, target: target, headers: headers, body: secret)
                    harness.receive(request)
                }
            }
            #expect(harness.events.count >= 20)
            for event in harness.events {
                var text = ""
                dump(event, to: &text)
                #expect(!text.contains(secret), "\(text)")
            }
        }
    }
}
