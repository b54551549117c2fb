import Deliveries
import Providers
import TestKit
import Testing

@testable import Intake

@Suite struct ForcedDeliveryTests {
    @Test("a forced delivery is marked failed, even if its signature is correct")
    func forced() {
        let request = Sample.named("klavi/link-created-event").request
        let forced = AuthenticDelivery.forced(request, source: "gone")
        #expect(forced.verification == .failed)
        #expect(forced.secretName == nil)
        #expect(forced.source == "gone")
        #expect(forced.request.body == request.body)
        #expect(forced.request.headers == request.headers)
    }

    @Test("unsigned deliveries are rejected if the source lists no allowed addresses")
    func unsignedFromAnywhere() {
        var policy = SenderPolicy()
        policy.acceptsUnsigned = true
        let source = Source(
            name: "klavi", provider: KlaviProvider(), path: "/klavi",
            originPolicy: .required(secrets: [SampleSources.klaviSecret], toleranceMilliseconds: 0),
            senderPolicy: policy)
        guard case .rejected(let verification, let reason) = AuthenticDelivery.authenticate(.fixture(), at: source)
        else {
            Issue.record("it was accepted")
            return
        }
        #expect(verification == .failed)
        #expect(reason == "no signature header")
    }
}
