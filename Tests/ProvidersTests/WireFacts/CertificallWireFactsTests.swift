import Deliveries
import Foundation
import Providers
import TestKit
import Testing

/// Certificall's wire facts: each title begins with the section of certificall-reference that has the fact.
@Suite("Wire facts: Certificall")
struct CertificallWireFactsTests {
    private let provider = CertificallProvider()
    private static let body = #"{"cfRef":"CAS-1_CMP-1","reportId":"case-001","closed":true,"items":[]}"#

    private static func code(_ body: String = body) -> [UInt8] {
        TestCode.hmac(key: "certificall-api-secret", Array(body.utf8))
    }

    private func verify(
        _ authorization: String?, apiKey: String? = nil, body: String = body, acceptsCompacted: Bool = false,
        receivedAt: Timestamp = .vectors
    ) -> OriginCheck {
        let headers =
            (authorization.map { [HeaderField("Authorization", $0)] } ?? [])
            + (apiKey.map { [HeaderField("X-Api-Key", $0)] } ?? [])
        return CertificallProvider(acceptsCompacted: acceptsCompacted).verify(
            .with(headers: headers, body: Array(body.utf8), receivedAt: receivedAt),
            with: SampleSources.certificallSecrets)
    }

    private func verifyHMAC(
        _ signature: String, body: String = body, acceptsCompacted: Bool = false
    ) -> OriginCheck {
        verify(
            "HMAC-SHA256 callbox-test-key:\(signature)", apiKey: "callbox-test-key", body: body,
            acceptsCompacted: acceptsCompacted)
    }

    private func only(_ body: String) throws -> ReportContent {
        let reports = provider.parse(body: body)
        #expect(reports.count == 1)
        return try #require(reports.first)
    }

    // MARK: 4.1

    @Test("Webhook: a validated certificate comes by POST as JSON", arguments: ["/certificall", "/certificall/hook"])
    func post(_ target: String) throws {
        #expect(SampleSources.table.source(at: target)?.name == "certificall")
        let request = InboundRequest.with(
            target: target, headers: [HeaderField("Content-Type", "application/json")], body: Array(Self.body.utf8))
        #expect(provider.screen(request, redirects: .none) == .delivery)
        #expect(try only(Self.body).type == "certificate")
    }

    @Test("Authorization: one source can be set up for each of the three schemes")
    func setUp() {
        #expect(provider.secretPurposes == [.bearer, .hmac, .basic])
        #expect(verify(nil) == .failed(.missing))
    }

    @Test("Authorization: scheme 1: a bearer token")
    func bearer() {
        #expect(verify("Bearer certificall-test-token") == .verified(secretName: "token"))
        #expect(verify("Bearer certificall-other-token") == .failed(.mismatch))
    }

    @Test("Authorization: scheme 2: API key and signature, with the API key in a header of its own")
    func hmac() {
        let signature = Hex.encode(Self.code())
        #expect(verifyHMAC(signature) == .verified(secretName: "key"))
        #expect(verifyHMAC(signature, body: Self.body + " ") == .failed(.mismatch))
        #expect(verify("HMAC-SHA256 callbox-test-key:\(signature)") == .failed(.mismatch))
        #expect(verify("HMAC-SHA256 callbox-test-key:\(signature)", apiKey: "other") == .failed(.mismatch))
        #expect(verify(nil, apiKey: "callbox-test-key") == .failed(.missing))
    }

    @Test("Authorization: scheme 3: user name and password")
    func basic() {
        #expect(verify("Basic aG9vazpwdw==") == .verified(secretName: "login"))
        #expect(verify("Basic aG9vazpwdg==") == .failed(.mismatch))
    }

    @Test("Authorization: no time is signed, so no delivery is too old", arguments: [0, Int64.max])
    func noTime(_ arrival: Int64) {
        let time = Timestamp(millisecondsSinceEpoch: arrival)
        #expect(verify("Bearer certificall-test-token", receivedAt: time) == .verified(secretName: "token"))
        let authorization = "HMAC-SHA256 callbox-test-key:" + Hex.encode(Self.code())
        #expect(verify(authorization, apiKey: "callbox-test-key", receivedAt: time) == .verified(secretName: "key"))
    }

    @Test(
        "Certificate: cfRef and reportId are indexed", arguments: [("cfRef", "CAS-1_CMP-1"), ("reportId", "case-001")])
    func references(_ name: String, _ value: String) throws {
        #expect(try only(Self.body).values(of: name) == [value])
        #expect(try only(Self.body).problem == nil)
    }

    @Test("Certificate: the root is one certificate, or an array of them")
    func roots() throws {
        #expect(try only(Self.body).fields == only("[\(Self.body)]").fields)
        #expect(
            provider.parse(body: #"[{"cfRef":"1"},{"cfRef":"2"}]"#).map(\.type) == ["certificate", "certificate"])
    }

    @Test("Certificate: times are ISO 8601 with an offset; the closing counts before the creation")
    func times() throws {
        let created = #""createdAt":"2023-11-09T13:24:40+01:00""#
        #expect(try only(#"{"cfRef":"1",\#(created)}"#).providerTime?.rfc3339 == "2023-11-09T12:24:40.000Z")
        let closed = #"{"cfRef":"1",\#(created),"closingDate":"2023-11-09T14:00:00+01:00"}"#
        #expect(try only(closed).providerTime?.rfc3339 == "2023-11-09T13:00:00.000Z")
    }

    @Test("Certificate: the frame's name is indexed, company and address of the case are left in the body")
    func members() throws {
        let report = try only(
            #"""
            {"cfRef":"1","companyName":"C","frame":"F","closed":true,
            "caseUrl":"https://x.example/certificall/share/case/token"}
            """#)
        #expect(
            Set(report.fields) == [ReportField("cfRef", "1"), ReportField("frame", "F"), ReportField("closed", "true")])
    }

    @Test(
        "Certificate: items of the newer and the older form pass, and their references are not the certificate's",
        arguments: [
            #"""
            {"createdAt":"2023-11-09T13:24:40+01:00","cfRef":"CAS-7264_CMP-1","description":"d",
            "geolocLatitude":"48.85","geolocLongitude":"2.35","data":null,"imageUrl":"https://x/1","stepAction":"a",
            "stepTitle":"t","stepDescription":"s","imageHash":"00","tspTokenHash":"11"}
            """#, #"{"itemName":"n","itemUrl":"https://x/1"}"#, "{}", "7",
        ])
    func items(_ item: String) throws {
        let report = try only(#"{"cfRef":"CAS-7264","reportId":"R","items":[\#(item)]}"#)
        #expect(report.values(of: "cfRef") == ["CAS-7264"] && report.problem == nil)
    }

    @Test("Webhook: there is no second inbound: a GET or HEAD is greeted", arguments: ["GET", "HEAD"])
    func handshake(_ method: String) {
        let request = InboundRequest.with(method: method, target: "/certificall?callback_url=https://x")
        guard case .handshake(let response, _) = provider.screen(request, redirects: .none) else {
            Issue.record("\(method) is not greeted")
            return
        }
        #expect(response.status == 200)
        #expect(HeaderFields(response.headers).values(named: "Location").isEmpty)
    }

    // MARK: 4.3

    @Test("Authorization: a scheme's name is one of three", arguments: ["Token", "Digest", "HMAC-SHA1", "HMAC"])
    func otherSchemes(_ scheme: String) {
        #expect(verify("\(scheme) certificall-test-token") == .failed(.malformed))
    }

    @Test("Names: a certificate is closed or not, and has no event name", arguments: [true, false])
    func closed(_ isClosed: Bool) throws {
        let report = try only(#"{"cfRef":"1","closed":\#(isClosed)}"#)
        #expect(report.type == "certificate" && report.values(of: "closed") == ["\(isClosed)"])
    }

    // MARK: 4.4

    @Test("Identifiers: one reportId groups several certificates, cfRef tells them apart")
    func correlation() {
        let reports = ["CAS-1", "CAS-2"].flatMap {
            provider.parse(body: #"{"cfRef":"\#($0)","reportId":"token-1"}"#)
        }
        #expect(reports.map { $0.values(of: "reportId") } == [["token-1"], ["token-1"]])
        #expect(reports.map { $0.values(of: "cfRef") } == [["CAS-1"], ["CAS-2"]])
        #expect(Set(reports.map(\.dedupeKey)).count == 2)
    }

    // MARK: 4.5

    @Test(
        "Identifiers: reportId is the token; names that look like it are not",
        arguments: ["reportRef", "reportToken", "magicLinkToken"])
    func lookalikes(_ name: String) throws {
        let report = try only(#"{"cfRef":"1","reportId":"R","\#(name)":"X"}"#)
        #expect(report.values(of: "reportId") == ["R"] && !report.fields.contains { $0.value == "X" })
    }

    @Test(
        "Identifiers: identifiers are texts of any form",
        arguments: ["zz0e8400-e29b-41d4-a716-44665544zzzz", "dossier n° 1", "é"])
    func identifiers(_ text: String) throws {
        #expect(try only(#"{"cfRef":"1","reportId":"\#(text)"}"#).values(of: "reportId") == [text])
    }

    // MARK: 6

    @Test("Undocumented: the signature in hex or base 64, of 32 bytes")
    func default28() {
        let code = Self.code()
        for text in [Hex.encode(code), Hex.encode(code).uppercased(), Data(code).base64EncodedString()] {
            #expect(verifyHMAC(text) == .verified(secretName: "key"))
        }
        #expect(verifyHMAC(Hex.encode(code.dropLast())) == .failed(.malformed))
        #expect(verifyHMAC(Data(code.dropLast()).base64EncodedString()) == .failed(.malformed))
    }

    @Test("Undocumented: the raw body first, then the compact one where that is switched on")
    func default29() {
        let spaced = Self.body.replacingOccurrences(of: ",", with: ", \n")
        let compact = Hex.encode(Self.code())
        #expect(verifyHMAC(Hex.encode(Self.code(spaced)), body: spaced) == .verified(secretName: "key"))
        #expect(verifyHMAC(compact, body: spaced) == .failed(.mismatch))
        #expect(verifyHMAC(compact, body: spaced, acceptsCompacted: true) == .verified(secretName: "key"))
        #expect(
            verifyHMAC(Hex.encode(Self.code(spaced)), body: spaced, acceptsCompacted: true)
                == .verified(secretName: "key"))
    }

    @Test(
        "Undocumented: members nobody knows, missing or of another type, do not stop the reading",
        arguments: [
            #"{"cfRef":"1"}"#, #"{"cfRef":"1","frame":{"id":1,"name":"F"},"items":null,"closed":"yes"}"#,
            #"{"cfRef":"1","createdAt":7,"closingDate":"soon","metadata":{"a":"b"},"unheard":[[]]}"#,
        ])
    func default30(_ body: String) throws {
        let report = try only(body)
        #expect(report.type == "certificate" && report.values(of: "cfRef") == ["1"] && report.problem == nil)
    }

    @Test("Undocumented: a delivery that comes again is the same report, a changed one another")
    func default31() throws {
        #expect(try only(Self.body).dedupeKey == only(Self.body).dedupeKey)
        let reopened = Self.body.replacingOccurrences(of: "true", with: "false")
        #expect(try only(Self.body).dedupeKey != only(reopened).dedupeKey)
    }

    @Test("Undocumented: the time is the certificate's, whenever it arrives")
    func default34() {
        let request = InboundRequest.with(
            body: Array(#"{"cfRef":"1","closingDate":"2023-11-09T13:24:40.000Z"}"#.utf8),
            receivedAt: Timestamp(millisecondsSinceEpoch: 0))
        let reports = provider.parse(ArchivedDelivery(of: request)).reports
        #expect(reports.map { $0.providerTime?.rfc3339 } == ["2023-11-09T13:24:40.000Z"])
    }
}
