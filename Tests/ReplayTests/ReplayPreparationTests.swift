import Deliveries
import Providers
import TestKit
import Testing

@testable import Replay

@Suite("Preparing a replay")
struct ReplayPreparationTests {
    private static let url = "http://127.0.0.1/hook"

    private static func changes(
        headers: [String] = [], dropped: [String] = [], set: [String] = [], body: String? = nil
    ) throws -> ReplayChanges {
        var changes = ReplayChanges()
        changes.headers = try headers.map { try #require(HeaderField(line: $0)) }
        changes.droppedHeaders = dropped
        changes.assignments = try set.map { try #require(JSONAssignment($0)) }
        changes.body = body.map { Array($0.utf8) }
        return changes
    }

    private static func body(_ original: String, set: [String]) throws -> String {
        let plan = try ReplayPreparation(to: url, changes: try changes(set: set)).plan(.fixture(body: original))
        return String(decoding: plan.body, as: UTF8.self)
    }

    @Test("without changes, a signer or marks, the plan equals the delivery")
    func unchanged() throws {
        let delivery = ArchivedDelivery.fixture(headers: [HeaderField("X-Klavi-Signature", "old")])
        let plan = try ReplayPreparation(to: Self.url).plan(delivery)
        #expect(plan == (try ReplayPlan(delivery, to: Self.url)))
        #expect(!plan.isChanged)
    }

    @Test(
        "--set changes only the bytes of the value at its path",
        arguments: [
            (#"{ "a" : 1.50, "b":"é\u00e9"}"#, "$.a=2", #"{ "a" : 2, "b":"é\u00e9"}"#),
            (#"{"a":{"b":[1, {"c":null}]}}"#, "$.a.b[1].c=done", #"{"a":{"b":[1, {"c":"done"}]}}"#),
            (#"{"a":"x=y"}"#, #"$.a=p=q"#, #"{"a":"p=q"}"#), (#"{"a=b":1}"#, #"$['a=b']=2"#, #"{"a=b":2}"#),
            (#"{"a":"1"}"#, #"$.a="2""#, #"{"a":"2"}"#), (#"{"a":"1"}"#, "$.a=", #"{"a":""}"#),
            (#"{"a":[1,2]}"#, #"$.a={"x": []}"#, #"{"a":{"x": []}}"#),
            (#"{"a":1}"#, #"$.a=say "hi""#, #"{"a":"say \"hi\""}"#),
        ])
    func assignment(original: String, assignment: String, expected: String) throws {
        #expect(try Self.body(original, set: [assignment]) == expected)
    }

    /// `{"a":1}` twice: compressed to gzip by Python's zlib, and encoded in UTF-16.
    private static let encoded: [(headers: [HeaderField], body: [UInt8])] = [
        (
            [HeaderField("Content-Type", "application/json"), HeaderField("Content-Encoding", "gzip")],
            [
                0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0, 0x02, 0x03, 0xab, 0x56, 0x4a, 0x54, 0xb2, 0x32, 0xac, 0x05, 0x00,
                0xaf, 0xac, 0x1b, 0x56, 0x07, 0, 0, 0,
            ]
        ),
        (
            [HeaderField("Content-Type", "application/json; charset=utf-16le")],
            Array(#"{"a":1}"#.utf8).flatMap { [$0, 0] }
        ),
    ]

    private static func delivery(_ headers: [HeaderField], _ body: [UInt8]) -> ArchivedDelivery {
        let base = ArchivedDelivery.fixture()
        let request = InboundRequest(
            method: "POST", target: base.request.target, headers: HeaderFields(headers), body: body,
            peer: base.request.peer, receivedAt: base.request.receivedAt)
        return ArchivedDelivery(
            id: base.id, uuid: base.uuid, source: base.source, request: request, verification: base.verification,
            secretName: base.secretName, bodySHA256: base.bodySHA256)
    }

    @Test("--set decodes a compressed or transcoded body, and corrects the headers", arguments: encoded)
    func encodedBody(headers: [HeaderField], body: [UInt8]) throws {
        let delivery = Self.delivery(headers, body)
        let preparation = ReplayPreparation(to: Self.url, changes: try Self.changes(set: ["$.a=2"]))
        let plan = try preparation.plan(delivery)
        #expect(String(decoding: plan.body, as: UTF8.self) == #"{"a":2}"#)
        #expect(plan.headers == [HeaderField("Content-Type", "application/json")])
        let unchanged = try ReplayPreparation(to: Self.url).plan(delivery)
        #expect(unchanged.body == body)
        #expect(unchanged.headers == headers)
    }

    @Test("Content-Encoding is removed if --body is not compressed, and kept if it is compressed")
    func codingOfGivenBody() throws {
        let (headers, body) = Self.encoded[0]
        let delivery = Self.delivery(headers, [0x1f])
        var changes = try Self.changes(body: "{}")
        #expect(try ReplayPreparation(to: Self.url, changes: changes).plan(delivery).headers == [headers[0]])
        changes.body = body
        #expect(try ReplayPreparation(to: Self.url, changes: changes).plan(delivery).headers == headers)
    }

    @Test("several values are set in order")
    func assignments() throws {
        #expect(
            try Self.body(#"{"a":1,"b":2}"#, set: [#"$.a={"c":3}"#, "$.a.c=44", "$.b=5"]) == #"{"a":{"c":44},"b":5}"#)
    }

    @Test("setting a missing value is an error", arguments: [#"{"b":1}"#, "[]", "no JSON", ""])
    func missingValue(body: String) {
        #expect(throws: ReplayError.noValue(DeliveryID(rawValue: 42), path: "$.a")) {
            try Self.body(body, set: ["$.a=1"])
        }
    }

    @Test(
        "a string without a path and a value is not an assignment",
        arguments: ["", "a=1", "$.a", "=1", "$.=1", "$[x]=1"])
    func noAssignment(text: String) {
        #expect(JSONAssignment(text) == nil)
    }

    @Test("--body replaces the delivery's body before values are set")
    func givenBody() throws {
        let changes = try Self.changes(set: ["$.x=2"], body: #"{"x":1}"#)
        let plan = try ReplayPreparation(to: Self.url, changes: changes).plan(.fixture(body: "old"))
        #expect(plan.body == Array(#"{"x":2}"#.utf8))
        #expect(plan.isChanged)
    }

    @Test("headers are replaced and removed by name, in any letter case")
    func headers() throws {
        let delivery = ArchivedDelivery.fixture(headers: [
            HeaderField("X-One", "1"), HeaderField("x-two", "2"), HeaderField("X-THREE", "3"),
            HeaderField("x-one", "4"),
        ])
        let changes = try Self.changes(headers: ["X-Two: b", "X-Two:c"], dropped: ["x-One"])
        let plan = try ReplayPreparation(to: Self.url, changes: changes).plan(delivery)
        #expect(
            plan.headers == [HeaderField("X-THREE", "3"), HeaderField("X-Two", "b"), HeaderField("X-Two", "c")])
        #expect(plan.isChanged)
    }

    @Test(
        "a header is a name and a value on one line",
        arguments: [("A: b", "b"), ("A:b", "b"), ("A:", ""), ("A: \t b c ", "b c"), ("A: b:c", "b:c")])
    func header(line: String, value: String) {
        #expect(HeaderField(line: line) == HeaderField("A", value))
    }

    @Test(
        "malformed headers and the headers Content-Length, Transfer-Encoding and Connection are rejected",
        arguments: [
            "", "A", ": b", "A b: c", "A: b\r\nX: 1", "A: b\u{0}", "é: b", "Content-Length: 1", "content-length:1",
            "Transfer-Encoding: chunked", "connection: close",
        ])
    func noHeader(line: String) {
        #expect(HeaderField(line: line) == nil)
    }

    @Test("marks name the run and the delivery, and marks of earlier runs are kept")
    func marks() throws {
        let delivery = ArchivedDelivery.fixture(headers: [
            HeaderField("callbox-replay", "first"), HeaderField("callbox-delivery", "7"),
        ])
        let plan = try ReplayPreparation(to: Self.url, runID: "second").plan(delivery)
        #expect(
            plan.headers == [
                HeaderField("callbox-replay", "first"),
                HeaderField("Callbox-Replay", "second; delivery=\(delivery.uuid)"),
                HeaderField("Callbox-Delivery", "42"),
            ])
        #expect(!plan.isChanged)
    }
}

@Suite("Signing a replay")
struct ReplaySignerTests {
    private static let now = Timestamp(millisecondsSinceEpoch: 1_800_000_000_000)
    private static let secrets = ["other", "primary"].map {
        Secret(name: $0, purpose: .signature, bytes: Array("secret-\($0)".utf8))
    }

    private static func signer(
        _ provider: any Provider = KlaviProvider(), secrets: [Secret] = secrets, source: String = "klavi"
    ) -> ReplaySigner {
        ReplaySigner(keys: [source: .init(provider: provider, secrets: secrets)], now: { now })
    }

    @Test("the changed body is signed with the secret that verified the delivery")
    func signs() throws {
        var changes = ReplayChanges()
        changes.assignments = [try #require(JSONAssignment("$.a=2"))]
        let delivery = ArchivedDelivery.fixture(headers: [HeaderField("x-klavi-signature", "old")])
        let plan = try ReplayPreparation(to: "http://h/", changes: changes, signer: Self.signer()).plan(delivery)
        #expect(plan.body == Array(#"{"a":2}"#.utf8))
        let request = InboundRequest(
            method: "POST", target: RequestTarget("/"), headers: HeaderFields(plan.headers), body: plan.body,
            peer: "local", receivedAt: Self.now)
        let check = KlaviProvider().verify(request, with: Self.secrets, toleranceMilliseconds: 0)
        #expect(check == .verified(secretName: "primary"))
    }

    /// Signatures over `{"a":1}` with the key `secret-primary` at 1800000000. A program other than Callbox created the
    /// signatures by the providers' rules.
    @Test(
        "a new signature follows the provider's rules",
        arguments: [
            (
                KlaviProvider() as any Provider, SecretPurpose.signature,
                [HeaderField("X-Klavi-Signature", "old"), HeaderField("X-Klavi-Timestamp", "1700000000")],
                [
                    HeaderField("X-Klavi-Timestamp", "1800000000"),
                    HeaderField(
                        "X-Klavi-Signature", "f5218b60767beb5325d803959e658f7d68bd407a924c9cc4aba6fd2bed74ee26"),
                ]
            ),
            (
                CertnProvider(), .legacy, [HeaderField("Certn-Signature", "t=1,v1=00")],
                [
                    HeaderField(
                        "Certn-Signature",
                        "t=1800000000,v1=1381fee0086dabd2edb1f95d3abf4f64e3f81609f70119ce7d86c7eb04074307")
                ]
            ),
            (
                CertnProvider(), .centric, [HeaderField("X-Signature", "00")],
                [HeaderField("X-Signature", "f5218b60767beb5325d803959e658f7d68bd407a924c9cc4aba6fd2bed74ee26")]
            ),
            (
                CertificallProvider(), .hmac, [HeaderField("Authorization", "Bearer old")],
                [
                    HeaderField(
                        "Authorization",
                        "HMAC-SHA256 id:f5218b60767beb5325d803959e658f7d68bd407a924c9cc4aba6fd2bed74ee26"),
                    HeaderField("X-Api-Key", "id"),
                ]
            ),
        ])
    func vectors(
        provider: any Provider, purpose: SecretPurpose, old: [HeaderField], renewed: [HeaderField]
    ) throws {
        let secret = Secret(name: "a", purpose: purpose, identity: "id", bytes: Array("secret-primary".utf8))
        let plan = try ReplayPreparation(
            to: "http://h/", signer: Self.signer(provider, secrets: [secret]),
            sources: ["klavi": .init(provider: provider, path: "/klavi")]
        ).plan(.fixture(headers: HeaderFields(old)))
        #expect(plan.headers == renewed)
    }

    @Test("a header with a secret is sent only if credentials are kept, and a header with a signature is always sent")
    func secretsItself() throws {
        let sources = ["klavi": ReplayPreparation.Source(provider: CertificallProvider(), path: "/klavi")]
        func sent(_ headers: [HeaderField], keepsCredentials: Bool = false) throws -> [HeaderField] {
            try ReplayPreparation(to: "http://h/", sources: sources, keepsCredentials: keepsCredentials)
                .plan(.fixture(headers: HeaderFields(headers))).headers
        }
        for secret in ["Bearer token", "Basic aG9vazpwdw==", "bearer token", "other"] {
            let headers = [HeaderField("Authorization", secret), HeaderField("X-Api-Key", "key")]
            #expect(try sent(headers) == [])
            #expect(try sent(headers, keepsCredentials: true) == headers)
        }
        let signature = [HeaderField("Authorization", "HMAC-SHA256 id:00"), HeaderField("X-Api-Key", "id")]
        #expect(try sent(signature) == signature)
    }

    @Test("a header that is set by name replaces a header of the signature")
    func explicitHeader() throws {
        var changes = ReplayChanges()
        changes.headers = [HeaderField("X-Klavi-Signature", "wrong")]
        let plan = try ReplayPreparation(to: "http://h/", changes: changes, signer: Self.signer()).plan(.fixture())
        #expect(plan.headers == [HeaderField("X-Klavi-Signature", "wrong")])
    }

    @Test("a browser redirect is not signed and keeps its headers")
    func redirect() throws {
        let delivery = ArchivedDelivery.fixture(
            method: "GET", target: "/klavi?code=c", headers: [HeaderField("Accept", "text/html")], body: "")
        let plan = try ReplayPreparation(to: "http://h/", signer: Self.signer(EZiDProvider(), secrets: []))
            .plan(delivery)
        #expect(plan.headers == [HeaderField("Accept", "text/html")])
    }

    @Test("the error for a delivery that cannot be signed contains the reason")
    func obstacles() {
        let short = Secret(name: "short", purpose: .signature, bytes: Array("whsec_".utf8))
        let cases: [(ReplaySigner, ReplaySigner.Obstacle)] = [
            (Self.signer(source: "elsewhere"), .unknownSource), (Self.signer(EZiDProvider()), .unsignedProvider),
            (Self.signer(secrets: []), .noSecret),
            (Self.signer(CertificallProvider(), secrets: [short]), .noFittingSecret),
        ]
        for (signer, obstacle) in cases {
            #expect(throws: ReplayError.cannotSign(DeliveryID(rawValue: 42), source: "klavi", obstacle)) {
                try ReplayPreparation(to: "http://h/", signer: signer).plan(.fixture())
            }
        }
    }
}
