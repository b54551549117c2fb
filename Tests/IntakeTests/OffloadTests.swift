import Deliveries
import Providers
import TestKit
import Testing

@Suite struct OffloadTests {
    private static let sources = SourceTable([
        Source(name: "klavi", provider: KlaviProvider(), path: "/klavi", originPolicy: .unchecked)
    ])

    private static func request(bodyByteCount: Int) -> InboundRequest {
        .fixture(body: String(repeating: "a", count: bodyByteCount))
    }

    @Test("a body of up to 64 KiB is checked and encoded without offloading")
    func small() {
        let harness = IntakeHarness(sources: Self.sources)
        harness.receive(Self.request(bodyByteCount: 65_536))
        #expect(harness.offloadedCount == 0)
        #expect(harness.responses.map(\.status) == [200])
    }

    @Test("a delivery with a body over 64 KiB gets its response after the offloaded work")
    func large() {
        let harness = IntakeHarness(sources: Self.sources)
        harness.receive(Self.request(bodyByteCount: 65_537))
        #expect(harness.committed.isEmpty)
        #expect(harness.responses == [])
        #expect(harness.offloadedCount == 1)
        harness.runOffloaded()
        #expect(harness.responses == [.json(200, #"{"id":1}"#)])
        #expect(harness.committed.first?.body.byteCount == 65_537)
    }

    @Test("the link of a redirect is looked up off the event loops, and the body of a redirect is never stored")
    func largeRedirect() throws {
        let harness = IntakeHarness(sources: Self.sources)
        let body = String(repeating: "a", count: 65_537)
        harness.receiveOnly(.fixture(method: "GET", target: "/klavi?link_id=1", body: body))
        #expect(harness.offloadedCount == 1)
        #expect(harness.responses == [])
        harness.runOffloaded()
        #expect(harness.responses.map(\.status) == [200])
        #expect(try #require(harness.committed.first).body.byteCount == 0)
    }

    @Test("an unverified delivery with a body over 64 KiB is rejected after the offloaded work")
    func largeForgery() {
        let harness = IntakeHarness()
        harness.receive(Self.request(bodyByteCount: 65_537))
        #expect(harness.responses == [])
        harness.runOffloaded()
        #expect(harness.responses.map(\.status) == [401])
    }
}
