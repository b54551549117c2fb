import Crypto
import Foundation
import Testing

@testable import ProviderSandbox

@Suite struct CertificallWebhookTests {
    private static let url = "http://127.0.0.1:8080/certificall"
    private static let conditions = ProofConditions(secondsSinceEpoch: 0)
    private static let vector = Array(#"{"cfRef":"CAS-1_CMP-1","reportId":"case-001","closed":true,"items":[]}"#.utf8)

    private static func callback(scheme: String?) throws -> Callback {
        let desk = CertificallDesk.open()
        try desk.register(Registration(url: url, scheme: scheme))
        try desk.trigger(Trigger(kind: "certificate"))
        return try #require(desk.sent.first)
    }

    @Test("hmac, also where no scheme is given, signs the body as it is sent", arguments: ["hmac", nil])
    func hmac(_ scheme: String?) throws {
        let callback = try Self.callback(scheme: scheme)
        #expect(
            callback.proof(of: Self.vector, Self.conditions) == [
                HeaderLine(
                    "Authorization",
                    "HMAC-SHA256 callbox-test-key:71b050b93493dc806e802367cbc50cc412323d802df6da33ad047591447a16c5"),
                HeaderLine("X-Api-Key", "callbox-test-key"),
            ])
        let body = callback.body
        let code = HMAC<SHA256>.authenticationCode(
            for: body, using: SymmetricKey(data: Data("certificall-api-secret".utf8)))
        let hex = code.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        #expect(
            callback.proof(of: body, Self.conditions).first?.value == "HMAC-SHA256 callbox-test-key:\(hex)")
        #expect(callback.body == body)
    }

    @Test("the documented values of base64 and Basic are reached too")
    func vectors() {
        #expect(
            CertificallAuthorization.hmac(
                apiKey: "k", body: Self.vector, secret: Array("certificall-api-secret".utf8), as: .base64)
                == "HMAC-SHA256 k:cbBQuTST3IBugCNny8UMxBIyPYAt9tozrQR1kUR6FsU=")
        #expect(CertificallAuthorization.basic(user: "hook", password: "pw") == "Basic aG9vazpwdw==")
    }

    @Test("bearer and basic send the account's own values")
    func others() throws {
        let bearer = try Self.callback(scheme: "bearer").proof(of: [], Self.conditions)
        #expect(bearer == [HeaderLine("Authorization", "Bearer certificall-test-token")])
        let basic = try Self.callback(scheme: "basic").proof(of: [], Self.conditions)
        #expect(basic == [HeaderLine("Authorization", "Basic aG9vazpwdw==")])
    }

    @Test("a wrong proof differs in each scheme", arguments: ["hmac", "bearer", "basic"])
    func wrong(_ scheme: String) throws {
        let callback = try Self.callback(scheme: scheme)
        let right = callback.proof(of: Self.vector, Self.conditions)
        let wrong = callback.proof(of: Self.vector, ProofConditions(secondsSinceEpoch: 0, isWrong: true))
        #expect(right.map(\.name) == wrong.map(\.name))
        #expect(right.first != wrong.first)
    }

    @Test("other schemes are refused", arguments: ["HMAC", "oauth", ""])
    func refusesSchemes(_ scheme: String) {
        let desk = CertificallDesk.open()
        #expect(throws: SandboxRefusal.self) {
            try desk.register(Registration(url: Self.url, scheme: scheme))
        }
        #expect(throws: SandboxRefusal.self) { try desk.trigger(Trigger(kind: "certificate")) }
    }

    @Test("a webhook is tried three times; what the customer answers below 500 ends it, but for 408 and 429")
    func retries() throws {
        let policy = try Self.callback(scheme: nil).policy
        #expect(policy.waits == [1, 5])
        for status in [200, 204, 301, 400, 401, 404, 410, 499] { #expect(policy.isFinal(status)) }
        for status in [408, 429, 500, 502, 503, 599] { #expect(!policy.isFinal(status)) }
    }

    @Test("the body has the documented members in their order")
    func body() throws {
        let desk = CertificallDesk.open()
        try desk.trigger(Trigger(kind: "certificate", reference: "case-001", url: Self.url))
        let callback = try #require(desk.sent.first)
        #expect(callback.provider == "certificall")
        #expect(callback.kind == "certificate")
        #expect(callback.method == "POST")
        let text = String(decoding: callback.body, as: UTF8.self)
        #expect(
            text.hasPrefix(
                #"{"cfRef":"CAS-7264_CMP-1","reportId":"case-001","companyName":"Société Exemple SAS","#
                    + #""createdAt":"2026-11-21T11:00:00+01:00","closingDate":"2026-11-21T11:00:00+01:00","#
                    + #""frame":"Visual Inspection","closed":true,"#
                    + #""caseUrl":"http://127.0.0.1:9900/certificall/share/case/"#))
        let order = [
            "items\":[{\"createdAt", "cfRef\":\"ITM-", "description", "geolocLatitude\":\"48.",
            "geolocLongitude\":\"2.",
            "data\":null", "imageUrl\":\"http://127.0.0.1:9900/", "stepAction\":\"PHOTOGRAPHY", "stepTitle",
            "stepDescription", "imageHash\":\"", "tspTokenHash\":\"", "},{\"createdAt", "data\":\"",
            "imageUrl\":null", "stepAction\":\"TEXT_FIELD", "imageHash\":null",
        ]
        var rest = text[...]
        for piece in order {
            let range = try #require(rest.range(of: "\"\(piece)") ?? rest.range(of: piece), "\(piece)")
            rest = rest[range.upperBound...]
        }
        #expect(text.hasSuffix("}]}"))
    }

    @Test("an item's image can be fetched and has the hash that is told")
    func images() throws {
        let desk = CertificallDesk.open()
        try desk.trigger(Trigger(kind: "certificate", url: Self.url))
        let item = try #require(JSON(parsing: desk.sent[0].body)?["items"]?.elements?.first)
        let path = String((item["imageUrl"]?.string ?? "").dropFirst(CertificallDesk.baseURL.count))
        let image = try #require(desk.call("GET", path))
        #expect(image.headers.firstValue(of: "Content-Type") == "image/gif")
        #expect(image.bodyText.hasPrefix("GIF89a"))
        let hash = SHA256.hash(data: image.body).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
        #expect(item["imageHash"]?.string == hash.joined())
        for path in ["/certificall/images/1/1.gif", "/certificall/images/7264/0.gif", "/certificall/images/7264/1.jpg"]
        {
            #expect(desk.call("GET", path)?.status == 404)
        }
    }
}
