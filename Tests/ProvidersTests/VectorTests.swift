import Deliveries
import Providers
import Testing

/// The test vectors of the providers' reference pages (klavi-reference: Test vectors, and so on), made with other
/// tools than ours.
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

    @Test("Klavi's event is verified and read")
    func klaviEvent() throws {
        let secret = Secret(name: "k", purpose: .signature, bytes: Array("klavi-test-secret".utf8))
        let request = InboundRequest.with(
            headers: [
                HeaderField("X-Klavi-Signature", "49242ec86dfc4ee240dc206cdf44f5aa1685c8d2d7fba24e925d8445f7839a8e")
            ], body: Array(Self.klaviEvent.utf8))
        #expect(request.body.count == 274)
        #expect(KlaviProvider().verify(request, with: [secret]) == .verified(secretName: "k"))
        let report = try #require(KlaviProvider().parse(ArchivedDelivery(of: request)).reports.first)
        #expect(report.type == "link_created")
        #expect(report.dedupeKey == "event:1495468585434-0e73d1719173766fe4dfe1a8")
        #expect(report.providerTime?.rfc3339 == "2022-06-25T20:08:17.848Z")
        #expect(
            report.fields == [
                ReportField("partnerAppId", "12345678"),
                ReportField("eventId", "1495468585434-0e73d1719173766fe4dfe1a8"),
                ReportField("personalTaxId", "25872252137"), ReportField("linkId", "L-1"),
                ReportField("externalInfo.myTraceId", "t1"),
            ])
    }

    @Test("Klavi's report is verified and read")
    func klaviReport() throws {
        let secret = Secret(name: "k", purpose: .signature, bytes: Array("klavi-test-secret".utf8))
        let request = InboundRequest.with(
            headers: [
                HeaderField("X-Klavi-Signature", "7f3856e5c7ba660cc63a7daa18e23bdd54d65e92caf156b1329398b7225ddefa")
            ], body: Array(Self.klaviReport.utf8))
        #expect(request.body.count == 352)
        #expect(KlaviProvider().verify(request, with: [secret]) == .verified(secretName: "k"))
        let report = try #require(KlaviProvider().parse(ArchivedDelivery(of: request)).reports.first)
        #expect(report.type == "pf_checking_account")
        #expect(report.dedupeKey == "report:PR-1")
        #expect(report.providerTime?.rfc3339 == "2024-01-02T03:04:05.000Z")
        #expect(report.externalInfo == #"{"myTraceId":"t1","nome":"João"}"#)
        #expect(
            report.fields == [
                ReportField("requestId", "R-1"), ReportField("productName", "pf_checking_account"),
                ReportField("productReportId", "PR-1"),
                ReportField("enquiryCpf", "12345678909"), ReportField("code", "200"), ReportField("linkId", "L-1"),
                ReportField("institutionCode", "033"), ReportField("consentId", "C-1"),
                ReportField("externalInfo.myTraceId", "t1"), ReportField("externalInfo.nome", "João"),
            ])
    }

    @Test("Certn's legacy object is verified and read")
    func certnLegacy() throws {
        let secret = Secret(name: "c", purpose: .legacy, bytes: Array("certn-test-secret".utf8))
        let request = InboundRequest.with(
            headers: [
                HeaderField(
                    "Certn-Signature",
                    "t=1700000000,v1=50b1e13dd53e83f52ad70a721833d42adcbe67743e9372aed16320e8f6f441a6")
            ], body: Array(Self.legacy.utf8))
        #expect(CertnProvider().verify(request, with: [secret]) == .verified(secretName: "c"))
        let report = try #require(CertnProvider().parse(ArchivedDelivery(of: request)).reports.first)
        #expect(report.provider == "certn-legacy" && report.type == "applicant")
        #expect(
            report.fields == [
                ReportField("id", "a123b4cd-1a23-1a23-12a3-a123456b7890"), ReportField("report_status", "COMPLETE"),
            ])
    }

    @Test(
        "Certn Centric's notification is verified, in hexadecimal digits and base 64",
        arguments: [
            "f977c5c42bb70f2a5e030b22eee28a2fbfea59903ae93e2f3a2cfefb6c4cfa7b",
            "+XfFxCu3DypeAwsi7uKKL7/qWZA66T4vOiz++2xM+ns=",
        ])
    func certnCentric(_ signature: String) throws {
        let secret = Secret(name: "c", purpose: .centric, bytes: Array("centric-test-secret".utf8))
        let request = InboundRequest.with(
            headers: [HeaderField("X-Signature", signature)], body: Array(Self.centric.utf8))
        #expect(request.body.count == 152)
        #expect(CertnProvider().verify(request, with: [secret]) == .verified(secretName: "c"))
        let report = try #require(CertnProvider().parse(ArchivedDelivery(of: request)).reports.first)
        #expect(report.provider == "certn-centric" && report.type == "CASE_STATUS_CHANGED")
        #expect(report.dedupeKey == "event:e50b8c4f-9a95-40a0-886a-37aa21ea078e")
    }

    @Test(
        "Certificall's certificate is verified, in hexadecimal digits and base 64",
        arguments: [
            "71b050b93493dc806e802367cbc50cc412323d802df6da33ad047591447a16c5",
            "cbBQuTST3IBugCNny8UMxBIyPYAt9tozrQR1kUR6FsU=",
        ])
    func certificallHMAC(_ signature: String) throws {
        let secret = Secret(name: "s", purpose: .hmac, identity: "key", bytes: Array("certificall-api-secret".utf8))
        let request = InboundRequest.with(
            headers: [HeaderField("Authorization", "HMAC-SHA256 key:\(signature)"), HeaderField("X-Api-Key", "key")],
            body: Array(Self.certificall.utf8))
        #expect(request.body.count == 70)
        #expect(CertificallProvider().verify(request, with: [secret]) == .verified(secretName: "s"))
    }

    @Test("Certificall's Basic credentials are verified")
    func certificallBasic() {
        let secret = Secret(name: "b", purpose: .basic, identity: "hook", bytes: Array("pw".utf8))
        let request = InboundRequest.with(headers: [HeaderField("Authorization", "Basic aG9vazpwdw==")])
        #expect(CertificallProvider().verify(request, with: [secret]) == .verified(secretName: "b"))
    }

    @Test("EZiD's code is read")
    func ezidCode() throws {
        let report = try #require(EZiDProvider().parse(target: "/auth?code=\(Self.ezidCode)").first)
        #expect(report.dedupeKey == "code:3fac9774-28ee-4e9d-bec8-ab44186cc9d3")
        #expect(report.providerTime == .vectors)
        #expect(report.fields == [ReportField("uuid", "3fac9774-28ee-4e9d-bec8-ab44186cc9d3")])
        #expect(report.problem == nil)
    }
}
