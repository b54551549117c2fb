import Deliveries
import TestKit
import Testing

@Suite struct UnauthenticatedTests {
    private static let klavi = Sample.named("klavi/link-created-event").request
    private static let legacy = Sample.named("certn/legacy-applicant-analyzing").request
    private static let centric = Sample.named("certn/centric-case-report-ready").request
    private static let bearer = Sample.named("certificall/bearer-certificate").request
    private static let basic = Sample.named("certificall/basic-certificates").request
    private static let hmac = Sample.named("certificall/hmac-hex-certificate").request

    struct Forgery: Sendable, Testing.CustomTestStringConvertible {
        let testDescription: String
        let request: InboundRequest
        /// The reason in the log.
        let reason: String

        init(_ description: String, _ request: InboundRequest, _ reason: String) {
            self.testDescription = description
            self.request = request
            self.reason = reason
        }

        var source: String {
            String(request.target.path.dropFirst().prefix { $0 != "/" })
        }
    }

    private static let missing = "no signature header"
    private static let repeated = "the signature header is repeated"
    private static let malformed = "the signature header is malformed"
    private static let mismatch = "no configured secret matches the signature"

    static let forgeries: [Forgery] = [
        Forgery("klavi: no signature", klavi.without("X-Klavi-Signature"), missing),
        Forgery("klavi: two signatures", klavi.changing("X-Klavi-Signature") { [$0, $0] }, repeated),
        Forgery("klavi: no digits", klavi.changing("X-Klavi-Signature") { _ in ["yes, really"] }, malformed),
        Forgery("klavi: another signature", klavi.changing("X-Klavi-Signature") { [String($0.reversed())] }, mismatch),
        Forgery("klavi: another body", klavi.with(body: klavi.body + [0x20]), mismatch),
        Forgery("legacy: nine hundred seconds late", legacy.later(by: 900_000), "the signed time is 900 s off"),
        Forgery("legacy: nine hundred seconds early", legacy.later(by: -900_000), "the signed time is -899 s off"),
        Forgery(
            "legacy: the header of both interfaces",
            legacy.with(headers: legacy.headers.fields + [HeaderField("X-Signature", "00")]), malformed),
        Forgery("centric: no signature", centric.without("X-Signature"), missing),
        Forgery("centric: another body", centric.with(body: [0x7b, 0x7d]), mismatch),
        Forgery("certificall: no authorization", bearer.without("Authorization"), missing),
        Forgery("certificall: two of them", bearer.changing("Authorization") { [$0, $0] }, repeated),
        Forgery("certificall: an unknown scheme", bearer.changing("Authorization") { _ in ["Digest abc"] }, malformed),
        Forgery("certificall: another token", bearer.changing("Authorization") { [$0 + "x"] }, mismatch),
        Forgery(
            "certificall: another password", basic.changing("Authorization") { _ in ["Basic aG9vazpubw=="] }, mismatch),
        Forgery("certificall: another key", hmac.changing("X-Api-Key") { _ in ["somebody-else"] }, mismatch),
    ]

    @Test("an unverified delivery gets 401 without a reason and is not archived", arguments: forgeries)
    func forged(_ forgery: Forgery) throws {
        let harness = IntakeHarness()
        harness.receive(forgery.request)
        #expect(harness.responses == [.json(401, #"{"error":"the signature does not verify"}"#)])
        #expect(harness.committed.isEmpty)
        #expect(harness.events.map(\.summary) == ["rejected \(forgery.source) 401: \(forgery.reason)"])
    }

    @Test("the genuine requests that the forgeries imitate are archived as verified")
    func genuine() {
        let harness = IntakeHarness()
        for request in [Self.klavi, Self.legacy, Self.centric, Self.bearer, Self.basic, Self.hmac] {
            harness.receive(request)
        }
        #expect(harness.responses.map(\.status) == Array(repeating: 200, count: 6))
        #expect(harness.committed.map(\.verification) == Array(repeating: .verified, count: 6))
        #expect(harness.committed.map(\.secretName) == ["primary", "legacy", "centric", "token", "login", "key"])
    }
}
