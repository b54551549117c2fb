import Deliveries
import Providers
import Testing

@testable import CallboxConfiguration

/// Checks deliveries of services that publish their signature scheme, with the configurations of
/// docs/adding-a-provider.md.
@Suite("Signatures of known services")
struct PublishedVectorTests {
    struct Vector: Sendable {
        let settings: String
        let secret: String
        let headers: HeaderFields
        let body: String
        let seconds: Int64
    }

    static let vectors = [
        // From docs.github.com, Validating webhook deliveries.
        Vector(
            settings: "provider: generic, type: 'header:X-GitHub-Event', signature: {header: X-Hub-Signature-256}",
            secret: "It's a Secret to Everybody",
            headers: [
                HeaderField(
                    "X-Hub-Signature-256", "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17")
            ], body: "Hello, World!", seconds: 1_700_000_000),
        // From docs.slack.dev, Verifying requests from Slack.
        Vector(
            settings:
                "provider: generic, signature: {header: X-Slack-Signature, prefix: 'v0=', signed: 'v0:{timestamp}:{body}', "
                + "timestamp-header: X-Slack-Request-Timestamp}",
            secret: "8f742231b10e8888abcd99yyyzzz85a5",
            headers: [
                HeaderField("X-Slack-Request-Timestamp", "1531420618"),
                HeaderField(
                    "X-Slack-Signature", "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"),
                HeaderField("Content-Type", "application/x-www-form-urlencoded"),
            ],
            body: "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
                + "&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
                + "&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
                + "&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c", seconds: 1_531_420_618),
        // From standardwebhooks.com, specification 1.0, and the same with Svix's header names.
        Vector(
            settings: "provider: standard-webhooks", secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            headers: [
                HeaderField("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
                HeaderField("webhook-timestamp", "1614265330"),
                HeaderField(
                    "webhook-signature",
                    "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
            ], body: #"{"test": 2432232314}"#, seconds: 1_614_265_330),
        Vector(
            settings: "provider: standard-webhooks", secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            headers: [
                HeaderField("svix-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
                HeaderField("svix-timestamp", "1614265330"),
                HeaderField("svix-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
            ], body: #"{"test": 2432232314}"#, seconds: 1_614_265_330),
        // From docs.stripe.com, Verify webhook signatures manually. Computed with Python's hmac.
        Vector(
            settings:
                "provider: generic, type: $.type, id: $.id, signature: {header: Stripe-Signature, "
                + "elements: {time: t, signature: v1}, signed: '{timestamp}.{body}'}",
            secret: "whsec_test_secret_0123",
            headers: [
                HeaderField(
                    "Stripe-Signature",
                    "t=1492774577,v1=401accd1e0859d97ea5095817ac1a1937ba71e2d1be30bdc9a08c3abf7197361,"
                        + "v0=6ffbb59b2300aae63f272406069a9788598b792a944a07aba816edb039989a39")
            ], body: #"{"id":"evt_1","type":"charge.succeeded"}"#, seconds: 1_492_774_577),
        // From shopify.dev, Verify webhook deliveries. Computed with Python's hmac.
        Vector(
            settings:
                "provider: generic, type: 'header:X-Shopify-Topic', signature: {header: X-Shopify-Hmac-Sha256, encoding: base64}",
            secret: "hush-hush-hush-hush",
            headers: [HeaderField("X-Shopify-Hmac-Sha256", "Y7JfqQMygaGIjDkJQEFIXs5stkLynBOv8u42r7hES0s=")],
            body: #"{"id":"evt_1","type":"charge.succeeded"}"#, seconds: 1_700_000_000),
    ]

    private static func check(_ vector: Vector, body: String, after seconds: Int64 = 0) throws -> OriginCheck {
        let yaml = "sources: {x: {\(vector.settings), secrets: [{name: k, env: K}]}}"
        let settings = try #require(try ConfigurationFile.parse(yaml, file: "c.yaml").sources.first)
        let source = try #require(try settings.source(environment: ["K": vector.secret]))
        guard case .required(let secrets, let tolerance) = source.originPolicy else { return .failed(.missing) }
        let request = InboundRequest(
            method: "POST", target: RequestTarget("/x"), headers: vector.headers, body: Array(body.utf8),
            peer: "192.0.2.1", receivedAt: Timestamp(millisecondsSinceEpoch: (vector.seconds + seconds) * 1000))
        return source.provider.verify(request, with: secrets, toleranceMilliseconds: tolerance)
    }

    @Test("a published delivery is verified, and a changed one is rejected", arguments: vectors.indices)
    func verifies(index: Int) throws {
        let vector = Self.vectors[index]
        #expect(try Self.check(vector, body: vector.body) == .verified(secretName: "k"))
        #expect(try Self.check(vector, body: vector.body + " ") == .failed(.mismatch))
        let late = try Self.check(vector, body: vector.body, after: 301)
        if vector.settings.contains("{timestamp}") || vector.settings.contains("standard-webhooks") {
            #expect(late == .expired(secretName: "k", milliseconds: 301_000))
        } else {
            #expect(late == .verified(secretName: "k"))
        }
    }
}
