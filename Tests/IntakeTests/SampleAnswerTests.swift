import Deliveries
import TestKit
import Testing

@testable import Intake

/// Every sample, from the door to the answer that its expected.json gives.
@Suite struct SampleAnswerTests {
    @Test("a sample is answered as expected, and archived where it is to be", arguments: Sample.all)
    func answer(_ sample: Sample) throws {
        let harness = IntakeHarness()
        harness.receive(sample.request)
        harness.runOffloaded()
        try #require(harness.answers.count == 1)
        let answer = harness.answers[0]
        let expected = try sample.expectedAnswer()
        #expect(answer.status == expected.status)
        if let location = expected.location {
            #expect(HeaderFields(answer.headers).onlyValue(named: "Location") == location)
        }
        if let body = expected.body { #expect(String(decoding: answer.body, as: UTF8.self) == body) }
        #expect(harness.committed.count == (sample.isArchived ? 1 : 0))
    }

    @Test("an archived sample is sealed with what it came with", arguments: Sample.all.filter(\.isArchived))
    func sealed(_ sample: Sample) throws {
        let harness = IntakeHarness()
        harness.receive(sample.request)
        harness.runOffloaded()
        let delivery = try #require(harness.committed.first)
        let expected = try sample.expectedArchival()
        #expect(delivery.source == expected.source)
        #expect(delivery.verification.rawValue == expected.verification)
        let isRedirect = sample.request.method == "GET"
        let kept = isRedirect ? RedirectRequest(sample.request)?.kept : sample.request
        #expect(try delivery.head.opened() == kept.map { DeliveryHead(of: $0) })
        #expect(delivery.isUnproved == isRedirect)
        #expect(delivery.receivedAt == sample.request.receivedAt)
        #expect(delivery.body.byteCount == expected.bodyByteCount)
        #expect(Hex.encode(delivery.body.sha256) == expected.bodySHA256)
        #expect((delivery.secretName == nil) == (delivery.verification == .unverified))
    }
}
