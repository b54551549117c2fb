import Deliveries
import Providers
import Testing

@Suite("Standard Webhooks")
struct StandardWebhooksTests {
    /// The example of the specification's reference libraries.
    private static let request = request()

    private static func request(
        signature: String = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        id: String = "msg_p5jXN8AQM9LWM0D4loKWxJek",
        time: String = "1614265330", body: String = #"{"test": 2432232314}"#
    ) -> InboundRequest {
        .with(
            headers: [
                HeaderField("webhook-id", id), HeaderField("webhook-timestamp", time),
                HeaderField("webhook-signature", signature),
            ], body: Array(body.utf8), receivedAt: Timestamp(millisecondsSinceEpoch: 1_614_265_330_000))
    }

    private func check(_ request: InboundRequest, secret: String = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        -> OriginCheck
    {
        let secret = Secret(name: "s", purpose: .signature, bytes: Array(secret.utf8))
        return HMACScheme.standardWebhooks.verify(request, with: [secret], toleranceMilliseconds: 300_000)
    }

    @Test("the public example is verified, with whsec_ before the secret and without")
    func example() {
        #expect(check(Self.request) == .verified(secretName: "s"))
        #expect(check(Self.request, secret: "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw") == .verified(secretName: "s"))
    }

    @Test("the public example is what we would send")
    func signing() {
        let secret = Secret(name: "s", purpose: .signature, bytes: Array("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".utf8))
        let headers = HMACScheme.standardWebhooks.headers(
            signing: Self.request.body, with: secret, at: Self.request.receivedAt, id: "msg_p5jXN8AQM9LWM0D4loKWxJek")
        #expect(headers == Self.request.headers.fields)
    }

    @Test("nothing of it may be another")
    func tampered() {
        #expect(check(Self.request(id: "msg_p5jXN8AQM9LWM0D4loKWxJel")) == .failed(.mismatch))
        #expect(check(Self.request(time: "1614265331")) == .failed(.mismatch))
        #expect(check(Self.request(body: #"{"test":2432232314}"#)) == .failed(.mismatch))
        #expect(check(Self.request(signature: "v1,h0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")) == .failed(.mismatch))
        for secret in [
            "", "whsec_", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSx", "whsec_?", "WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        ] {
            #expect(check(Self.request, secret: secret) == .failed(.mismatch), "\(secret)")
        }
    }
}
