import Deliveries
import Providers
import Testing

/// The test vectors of the providers' reference pages (klavi-reference: Test vectors, and so on). Programs other than
/// Callbox computed them.
@Suite("Test vectors")
struct VectorTests {
    private static let klaviEvent = #"""
        [{"partnerAppId":"12345678","eventId":"1495468585434-0e73d1719173766fe4dfe1a8","eventType":"api",\#
        "eventName":"link_created","eventTime":"2022-06-25T20:08:17.848Z","payload":{"personalTaxId":"25872252137",\#
        "businessTaxId":"","linkId":"L-1"},"externalInfo":{"myTraceId":"t1"}}]
        """#
    private static let klaviReport = #"""
        {"code":200,"message":"OK","requestId":"R-1","productName":"pf_checking_account","productVersion":"V1",\#
        "productReportId":"PR-1","productReportTime":"2024-01-02T03:04:05","enquiryCpf":"12345678909",\#
        "links":[{"linkId":"L-1","institutionCode":"033","consents":[{"consentId":"C-1"}]}],"checkingAccounts":[],\#
        "externalInfo":{"myTraceId":"t1","nome":"João"}}
        """#
    private static let centric = #"""
        {"id":"e50b8c4f-9a95-40a0-886a-37aa21ea078e","event_type":"CASE_STATUS_CHANGED",\#
        "object_id":"2f64d134-1c54-4028-8e8b-9cfa7bd8011c","object_type":"CASE"}
        """#
    private static let legacy = #"{"id":"a123b4cd-1a23-1a23-12a3-a123456b7890","report_status":"COMPLETE"}"#
    private static let certificall = #"{"cfRef":"CAS-1_CMP-1","reportId":"case-001","closed":true,"items":[]}"#
    private static let ezidCode = """
        eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.\
        eyJ1dWlkIjoiM2ZhYzk3NzQtMjhlZS00ZTlkLWJlYzgtYWI0NDE4NmNjOWQzIiwiaWF0IjoxNzAwMDAwMDAwLCJleHAiOjE3MDAwMDM2MDB9.\
        ihfMXmFM9RAHtjmzYOCpMqbzZBBeL2whXRtId5pWdOM
        """

    private struct Vector {
        let provider: any Provider
        let purpose: SecretPurpose
        var identity: String?
        let secret: String
        let headers: [(String, String)]
        var body = ""
        var byteCount: Int?
        /// The provider, type and key of the expected report.
        var report: [String]?
        var fields: [(String, String)]?
    }

    private static let vectors: [Vector] =
        [
            Vector(
                provider: KlaviProvider(), purpose: .signature, secret: "klavi-test-secret",
                headers: [("X-Klavi-Signature", "49242ec86dfc4ee240dc206cdf44f5aa1685c8d2d7fba24e925d8445f7839a8e")],
                body: klaviEvent, byteCount: 274,
                report: ["klavi", "link_created", "event:1495468585434-0e73d1719173766fe4dfe1a8"],
                fields: [
                    ("partnerAppId", "12345678"), ("eventId", "1495468585434-0e73d1719173766fe4dfe1a8"),
                    ("personalTaxId", "25872252137"), ("linkId", "L-1"), ("externalInfo.myTraceId", "t1"),
                ]),
            Vector(
                provider: KlaviProvider(), purpose: .signature, secret: "klavi-test-secret",
                headers: [("X-Klavi-Signature", "7f3856e5c7ba660cc63a7daa18e23bdd54d65e92caf156b1329398b7225ddefa")],
                body: klaviReport, byteCount: 352, report: ["klavi", "pf_checking_account", "report:PR-1"],
                fields: [
                    ("requestId", "R-1"), ("productName", "pf_checking_account"), ("productReportId", "PR-1"),
                    ("enquiryCpf", "12345678909"), ("code", "200"), ("linkId", "L-1"), ("institutionCode", "033"),
                    ("consentId", "C-1"), ("externalInfo.myTraceId", "t1"), ("externalInfo.nome", "João"),
                ]),
            Vector(
                provider: CertnProvider(), purpose: .legacy, secret: "certn-test-secret",
                headers: [
                    (
                        "Certn-Signature",
                        "t=1700000000,v1=50b1e13dd53e83f52ad70a721833d42adcbe67743e9372aed16320e8f6f441a6"
                    )
                ], body: legacy,
                fields: [("id", "a123b4cd-1a23-1a23-12a3-a123456b7890"), ("report_status", "COMPLETE")]),
            Vector(
                provider: CertificallProvider(), purpose: .basic, identity: "hook", secret: "pw",
                headers: [("Authorization", "Basic aG9vazpwdw==")]),
        ]
        + [
            "f977c5c42bb70f2a5e030b22eee28a2fbfea59903ae93e2f3a2cfefb6c4cfa7b",
            "+XfFxCu3DypeAwsi7uKKL7/qWZA66T4vOiz++2xM+ns=",
        ].map {
            Vector(
                provider: CertnProvider(), purpose: .centric, secret: "centric-test-secret",
                headers: [("X-Signature", $0)], body: centric, byteCount: 152,
                report: ["certn-centric", "CASE_STATUS_CHANGED", "event:e50b8c4f-9a95-40a0-886a-37aa21ea078e"])
        }
        + [
            "71b050b93493dc806e802367cbc50cc412323d802df6da33ad047591447a16c5",
            "cbBQuTST3IBugCNny8UMxBIyPYAt9tozrQR1kUR6FsU=",
        ].map {
            Vector(
                provider: CertificallProvider(), purpose: .hmac, identity: "key", secret: "certificall-api-secret",
                headers: [("Authorization", "HMAC-SHA256 key:\($0)"), ("X-Api-Key", "key")], body: certificall,
                byteCount: 70)
        }

    @Test("each vector is verified and parsed", arguments: vectors.indices)
    func vector(index: Int) throws {
        let vector = Self.vectors[index]
        let secret = Secret(
            name: "s", purpose: vector.purpose, identity: vector.identity, bytes: Array(vector.secret.utf8))
        let request = InboundRequest.with(
            headers: vector.headers.map { HeaderField($0.0, $0.1) }, body: Array(vector.body.utf8))
        #expect(vector.byteCount == nil || request.body.count == vector.byteCount)
        #expect(vector.provider.verify(request, with: [secret]) == .verified(secretName: "s"))
        let report = try #require(vector.provider.parse(ArchivedDelivery(of: request)).reports.first)
        if let expected = vector.report { #expect([report.provider, report.type, report.dedupeKey] == expected) }
        if let fields = vector.fields { #expect(report.fields == fields.map { ReportField($0.0, $0.1) }) }
    }

    @Test("the UUID and the time in the code of EZiD's test vector are read")
    func ezidCode() throws {
        let report = try #require(EZiDProvider().parse(target: "/auth?code=\(Self.ezidCode)").first)
        #expect(report.dedupeKey == "code:3fac9774-28ee-4e9d-bec8-ab44186cc9d3")
        #expect(report.providerTime == .vectors)
        #expect(report.fields == [ReportField("uuid", "3fac9774-28ee-4e9d-bec8-ab44186cc9d3")])
        #expect(report.problem == nil)
    }
}
