import Deliveries
import TestKit
import Testing

@testable import Intake

/// Sends every sample and compares the response with the sample's expected.json.
@Suite struct SampleResponseTests {
    @Test("a sample gets the expected response, and is archived if this is expected", arguments: Sample.all)
    func response(_ sample: Sample) throws {
        let harness = IntakeHarness()
        harness.receive(sample.request)
        harness.runOffloaded()
        try #require(harness.responses.count == 1)
        let response = harness.responses[0]
        let expected = try sample.expectedResponse()
        #expect(response.status == expected.status)
        if let location = expected.location {
            #expect(HeaderFields(response.headers).onlyValue(named: "Location") == location)
        }
        if let body = expected.body { #expect(String(decoding: response.body, as: UTF8.self) == body) }
        #expect(harness.committed.count == (sample.isArchived ? 1 : 0))
    }

    @Test("an archived sample is encoded with all parts of its request", arguments: Sample.all.filter(\.isArchived))
    func encoded(_ sample: Sample) throws {
        let harness = IntakeHarness()
        harness.receive(sample.request)
        harness.runOffloaded()
        let delivery = try #require(harness.committed.first)
        let expected = try sample.expectedArchival()
        #expect(delivery.source == expected.source)
        #expect(delivery.verification.rawValue == expected.verification)
        let isRedirect = sample.request.method == "GET"
        let kept = isRedirect ? RedirectRequest(sample.request)?.kept : sample.request
        #expect(try delivery.head.opened() == kept.map { RequestHead(of: $0) })
        #expect(delivery.isUnproved == isRedirect)
        #expect(delivery.receivedAt == sample.request.receivedAt)
        #expect(delivery.body.byteCount == expected.bodyByteCount)
        #expect(Hex.encode(delivery.body.sha256) == expected.bodySHA256)
        #expect((delivery.secretName == nil) == (delivery.verification == .unverified))
    }
}
