import Deliveries
import TestKit
import Testing

/// No response is sent before the commit. The response then depends on the outcome of the commit.
@Suite struct DurableResponseTests {
    private static let delivery = Sample.named("klavi/link-created-event").request
    private static let visit = Sample.named("ezid/redirect-to-app").request
    private static let page = Sample.named("ezid/redirect-unspecified").request

    @Test("a delivery gets its ID as the response only after its commit is durable")
    func heldDelivery() {
        let harness = IntakeHarness(.held)
        harness.receive(Self.delivery)
        #expect(harness.waitingCount == 1)
        #expect(harness.responses == [])
        #expect(harness.events.isEmpty)
        harness.end(0, .durable(42))
        var expected = Response.json(200, #"{"id":42}"#)
        expected.provesSender = true
        #expect(harness.responses == [expected])
        #expect(harness.events.count == 1)
    }

    @Test("each delivery gets the response for its own commit, even if the commits end in a different order")
    func severalHeld() throws {
        let harness = IntakeHarness(.held)
        for _ in 0..<3 { harness.receive(Self.delivery) }
        try #require(harness.waitingCount == 3)
        harness.end(2, .durable(3))
        harness.end(0, .rejected(.queueFull))
        harness.end(1, .durable(2))
        #expect(harness.responses.map(\.status) == [200, 503, 200])
        #expect(harness.responses.map { String(decoding: $0.body, as: UTF8.self) }.first == #"{"id":3}"#)
    }

    @Test("a browser gets its redirect or page only after the commit is durable")
    func heldVisit() throws {
        let harness = IntakeHarness(.held)
        harness.receive(Self.visit)
        harness.receive(Self.page)
        #expect(harness.responses == [])
        try #require(harness.waitingCount == 2)
        harness.end(0, .durable(1))
        #expect(harness.responses.map(\.status) == [303])
        harness.end(1, .durable(2))
        #expect(harness.responses.map(\.status) == [303, 200])
        #expect(HeaderFields(harness.responses[0].headers).contains("Location"))
    }

    @Test(
        "a delivery or redirect that is not durable gets 503 with Retry-After",
        arguments: [CommitRejection.queueFull, .storageFull, .storageFailed, .shuttingDown], [delivery, visit])
    func rejected(rejection: CommitRejection, request: InboundRequest) throws {
        let harness = IntakeHarness(.rejected(rejection))
        harness.receive(request)
        try #require(harness.responses.count == 1)
        let response = harness.responses[0]
        #expect(response.status == 503)
        let isBrowser = request.method == "GET"
        let headers = HeaderFields(response.headers)
        #expect(headers.onlyValue(named: "Retry-After") == (isBrowser ? "5" : "1"))
        #expect(
            headers.onlyValue(named: "Content-Type")?.hasPrefix(isBrowser ? "text/html" : "application/json") == true)
        #expect(!headers.contains("Location"))
        let source = isBrowser ? "ezid" : "klavi"
        #expect(harness.events.map(\.summary) == ["rejected \(source) 503: \(rejection.rawValue)"])
    }
}
