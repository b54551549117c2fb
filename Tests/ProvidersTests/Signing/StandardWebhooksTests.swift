import Deliveries
import Testing

@testable import Providers

@Suite("Standard Webhooks")
struct StandardWebhooksTests {
    /// The example in the reference libraries of the specification.
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

    @Test("the public example is verified, with and without whsec_ in front of the secret")
    func example() {
        #expect(check(Self.request) == .verified(secretName: "s"))
        #expect(check(Self.request, secret: "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw") == .verified(secretName: "s"))
    }

    @Test("signing reproduces the public example")
    func signing() {
        let secret = Secret(name: "s", purpose: .signature, bytes: Array("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".utf8))
        let headers = HMACScheme.standardWebhooks.headers(
            signing: Self.request.body, with: secret, at: Self.request.receivedAt, id: "msg_p5jXN8AQM9LWM0D4loKWxJek")
        #expect(headers == Self.request.headers.fields)
    }

    /// Checks the delivery after signing it with this identifier.
    private func check(id: String) -> OriginCheck {
        let secret = Secret(name: "s", purpose: .signature, bytes: Array("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".utf8))
        let headers = HMACScheme.standardWebhooks.headers(
            signing: Self.request.body, with: secret, at: Self.request.receivedAt, id: id)
        return HMACScheme.standardWebhooks.verify(
            Self.request.replacing(headers: headers), with: [secret], toleranceMilliseconds: 300_000)
    }

    @Test(
        "an identifier with an invalid character or a wrong length is malformed, even if it is signed",
        arguments: ["", "msg.1", ".", "msg_1.1614265330", " ", "a b", "é", "a\0", String(repeating: "a", count: 129)])
    func ambiguousIdentifier(id: String) {
        #expect(check(id: id) == .failed(.malformed))
    }

    @Test(
        "an identifier has at most 128 letters, digits, _ and -",
        arguments: ["a", "Z9_-", String(repeating: "a", count: 128)])
    func identifier(id: String) {
        #expect(check(id: id) == .verified(secretName: "s"))
    }

    @Test("a dot in the identifier cannot move the boundaries of id.timestamp.body")
    func reframed() {
        let id = "msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330"
        #expect(check(Self.request(id: id, time: "1614265330", body: "x")) == .failed(.malformed))
    }

    @Test("a key with fewer than 16 bytes verifies no delivery")
    func shortKey() {
        for (secret, isUsable) in [
            ("whsec_", false), ("", false), ("whsec_" + Base64Text.encode([UInt8](repeating: 1, count: 15)), false),
            ("whsec_" + Base64Text.encode([UInt8](repeating: 1, count: 16)), true), ("whsec_?", false),
        ] {
            let secret = Secret(name: "s", purpose: .signature, bytes: Array(secret.utf8))
            let key = Base64Text.decode(secret.bytes.dropFirst(6)) ?? []
            let message = Array("msg_1.1614265330.".utf8) + Self.request.body
            let signature = "v1," + Base64Text.encode(TestCode.hmac(key: key, message))
            let outcome = HMACScheme.standardWebhooks.verify(
                Self.request(
                    signature: signature, id: "msg_1", body: String(decoding: Self.request.body, as: UTF8.self)),
                with: [secret], toleranceMilliseconds: 300_000)
            #expect(outcome == (isUsable ? .verified(secretName: "s") : .failed(.mismatch)))
        }
    }

    @Test("webhook- headers take precedence over svix- headers")
    func bothNames() {
        let svix = Self.request.headers.fields.map {
            HeaderField($0.name.replacing("webhook-", with: "svix-"), $0.value)
        }
        #expect(check(Self.request.replacing(headers: svix)) == .verified(secretName: "s"))
        #expect(
            check(Self.request.replacing(headers: svix + Self.request.headers.fields)) == .verified(secretName: "s"))
        let wrong = HeaderField("webhook-signature", "v1,h0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
        #expect(check(Self.request.replacing(headers: svix + [wrong])) == .failed(.malformed))
    }

    @Test("a change to any signed part is a mismatch")
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
