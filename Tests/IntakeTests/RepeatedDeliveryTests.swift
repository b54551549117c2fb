import Deliveries
import TestKit
import Testing

@testable import Intake

@Suite("Copies of one signed body")
struct RepeatedDeliveryTests {
    private static let delivery = Sample.named("klavi/link-created-event").request

    @Test("copies above the limit are acknowledged with the last one that was kept, and one a minute is kept")
    func bounded() {
        let harness = IntakeHarness(copyCountLimit: 3)
        for _ in 0..<10 { harness.receive(Self.delivery) }
        #expect(harness.committed.count == 3)
        #expect(
            harness.responses.map { String(decoding: $0.body, as: UTF8.self) }
                == (1...10).map { #"{"id":\#(min($0, 3))}"# })
        #expect(harness.responses.allSatisfy { $0.status == 200 && $0.provesSender })
        #expect(
            harness.events.suffix(7).map(\.summary)
                == Array(repeating: "rejected klavi 200: its body is in the journal many times", count: 7))
        harness.receive(Self.delivery.later(by: 59_999))
        #expect(harness.committed.count == 3)
        harness.receive(Self.delivery.later(by: 60_000))
        harness.receive(Self.delivery.later(by: 60_001))
        #expect(harness.committed.count == 4)
    }

    @Test("other bodies, deliveries that nothing proves, and copies that were not stored are not bounded")
    func others() {
        let harness = IntakeHarness(copyCountLimit: 1)
        harness.receive(Self.delivery)
        harness.receive(Sample.named("klavi/credit-card-report").request)
        #expect(harness.committed.count == 2)
        let failing = IntakeHarness(.rejected(.queueFull), copyCountLimit: 1)
        for _ in 0..<3 { failing.receive(Self.delivery) }
        #expect(failing.committed.count == 3)
        let unproved = IntakeHarness(copyCountLimit: 1)
        for _ in 0..<3 { unproved.receive(Self.delivery.without("X-Klavi-Signature")) }
        #expect(unproved.committed.isEmpty && unproved.quarantined.count == 3)
    }

    @Test("of very many bodies the last ones are remembered")
    func bodies() {
        let repeats = RepeatedDeliveries(countLimit: 1, bodyCount: 4)
        func encoded(_ number: UInt8) -> EncodedDelivery {
            var generator = SystemRandomNumberGenerator()
            return EncodedDelivery(
                uuid: UUIDv7(at: .fixture, using: &generator), source: "klavi", receivedAt: .fixture,
                verification: .verified, secretName: "a",
                head: EncodedHead(storedBytes: [], sha256: []),
                body: EncodedBody(encoding: .raw, storedBytes: [], byteCount: 0, sha256: [number]), salt: [])
        }
        for number in UInt8(0)..<5 { repeats.note(encoded(number), .text(200, "\(number)")) }
        #expect(repeats.acknowledgement(of: encoded(4)) == .text(200, "4"))
        #expect(repeats.acknowledgement(of: encoded(0)) == nil)
    }
}
