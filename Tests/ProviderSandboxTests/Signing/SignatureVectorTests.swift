import Testing

@testable import ProviderSandbox

/// The test vectors of the providers' reference pages (klavi-reference: Test vectors, and so on).
@Suite("Signatures")
struct SignatureVectorTests {
    private static let klaviSecret = Array("klavi-test-secret".utf8)
    private static let klaviEvent = Array(
        #"[{"partnerAppId":"12345678","eventId":"1495468585434-0e73d1719173766fe4dfe1a8","eventType":"api","eventName":"link_created","eventTime":"2022-06-25T20:08:17.848Z","payload":{"personalTaxId":"25872252137","businessTaxId":"","linkId":"L-1"},"externalInfo":{"myTraceId":"t1"}}]"#
            .utf8)
    private static let klaviReport = Array(
        #"{"code":200,"message":"OK","requestId":"R-1","productName":"pf_checking_account","productVersion":"V1","productReportId":"PR-1","productReportTime":"2024-01-02T03:04:05","enquiryCpf":"12345678909","links":[{"linkId":"L-1","institutionCode":"033","consents":[{"consentId":"C-1"}]}],"checkingAccounts":[],"externalInfo":{"myTraceId":"t1","nome":"João"}}"#
            .utf8)
    private static let centricBody = Array(
        #"{"id":"e50b8c4f-9a95-40a0-886a-37aa21ea078e","event_type":"CASE_STATUS_CHANGED","object_id":"2f64d134-1c54-4028-8e8b-9cfa7bd8011c","object_type":"CASE"}"#
            .utf8)
    private static let certificallBody = Array(
        #"{"cfRef":"CAS-1_CMP-1","reportId":"case-001","closed":true,"items":[]}"#.utf8)
    private static let certificallSecret = Array("certificall-api-secret".utf8)

    @Test(
        "Klavi signs the body alone, in lowercase hex",
        arguments: [
            (klaviEvent, 274, "49242ec86dfc4ee240dc206cdf44f5aa1685c8d2d7fba24e925d8445f7839a8e"),
            (klaviReport, 352, "7f3856e5c7ba660cc63a7daa18e23bdd54d65e92caf156b1329398b7225ddefa"),
        ])
    func klavi(body: [UInt8], byteCount: Int, signature: String) {
        #expect(body.count == byteCount)
        #expect(KlaviSignature.value(body: body, secret: Self.klaviSecret) == signature)
    }

    @Test("Klavi's signature is another one for another body or another secret")
    func klaviDiffers() {
        let signature = KlaviSignature.value(body: Self.klaviEvent, secret: Self.klaviSecret)
        #expect(KlaviSignature.value(body: Self.klaviEvent + [0x0a], secret: Self.klaviSecret) != signature)
        #expect(KlaviSignature.value(body: Self.klaviEvent, secret: Self.klaviSecret + [0x0a]) != signature)
    }

    @Test("Certn legacy signs time, dot and body")
    func certnLegacy() {
        let body = Array(#"{"id":"a123b4cd-1a23-1a23-12a3-a123456b7890","report_status":"COMPLETE"}"#.utf8)
        let value = CertnLegacySignature.value(
            body: body, secret: Array("certn-test-secret".utf8), secondsSinceEpoch: 1_700_000_000)
        #expect(value == "t=1700000000,v1=50b1e13dd53e83f52ad70a721833d42adcbe67743e9372aed16320e8f6f441a6")
    }

    @Test(
        "Certn Centric signs the body alone",
        arguments: [
            (SignatureEncoding.hex, "f977c5c42bb70f2a5e030b22eee28a2fbfea59903ae93e2f3a2cfefb6c4cfa7b"),
            (SignatureEncoding.base64, "+XfFxCu3DypeAwsi7uKKL7/qWZA66T4vOiz++2xM+ns="),
        ])
    func certnCentric(encoding: SignatureEncoding, signature: String) {
        #expect(Self.centricBody.count == 152)
        let secret = Array("centric-test-secret".utf8)
        #expect(CertnCentricSignature.value(body: Self.centricBody, secret: secret, as: encoding) == signature)
    }

    @Test(
        "Certificall's HMAC names the API key and comes in hex or base64",
        arguments: [
            (SignatureEncoding.hex, "71b050b93493dc806e802367cbc50cc412323d802df6da33ad047591447a16c5"),
            (SignatureEncoding.base64, "cbBQuTST3IBugCNny8UMxBIyPYAt9tozrQR1kUR6FsU="),
        ])
    func certificallHMAC(encoding: SignatureEncoding, signature: String) {
        #expect(Self.certificallBody.count == 70)
        let value = CertificallAuthorization.hmac(
            apiKey: "key-1", body: Self.certificallBody, secret: Self.certificallSecret, as: encoding)
        #expect(value == "HMAC-SHA256 key-1:\(signature)")
        #expect(SignatureEncoding(of: signature) == encoding)
    }

    @Test("Certificall's Basic and Bearer")
    func certificallBasic() {
        #expect(CertificallAuthorization.basic(user: "hook", password: "pw") == "Basic aG9vazpwdw==")
        #expect(CertificallAuthorization.bearer(token: "certificall-test-token") == "Bearer certificall-test-token")
    }

    @Test("an EZiD code is an HS256 JWT")
    func ezidCode() {
        let code = EZiDCode.value(
            uuid: "3fac9774-28ee-4e9d-bec8-ab44186cc9d3", issuedAtSeconds: 1_700_000_000,
            expiresAtSeconds: 1_700_003_600, key: Array("ezid-test-secret".utf8))
        let expected =
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"
            + ".eyJ1dWlkIjoiM2ZhYzk3NzQtMjhlZS00ZTlkLWJlYzgtYWI0NDE4NmNjOWQzIiwiaWF0IjoxNzAwMDAwMDAwLCJleHAiOjE3MDAwMDM2MDB9"
            + ".ihfMXmFM9RAHtjmzYOCpMqbzZBBeL2whXRtId5pWdOM"
        #expect(code == expected)
    }
}
