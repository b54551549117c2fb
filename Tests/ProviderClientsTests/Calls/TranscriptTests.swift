import Deliveries
import ProviderClients
import Testing

@Suite("Showing a call")
struct TranscriptTests {
    @Test("a call is laid out, and of the token only shown that it is there")
    func link() throws {
        var order = KlaviLinkOrder()
        order.email = "ana@example.com"
        order.externalInfo = try FreeObject(
            #"{"a":{"secretKey":["s3cret",1],"b":2},"otp":123456}"#, name: "externalInfo")
        let call = try Accounts.klavi(ScriptedProvider(200, "")).createLink(order)
        #expect(
            call.request.transcript == """
                POST https://api-sandbox.klavi.ai/data/v1/links
                Content-Type: application/json
                Accept: application/json
                Authorization: Bearer [masked]

                {
                  "email": "ana@example.com",
                  "externalInfo": {
                    "a": {
                      "secretKey": "[masked]",
                      "b": 2
                    },
                    "otp": "[masked]"
                  }
                }
                """)
    }

    @Test("credentials in every place are hidden")
    func credentials() throws {
        let provider = ScriptedProvider(200, "")
        let klavi = try Accounts.klavi(provider)
        let legacy = try Accounts.legacy(provider)
        let centric = try Accounts.centric(provider)
        let ezid = try Accounts.ezid(provider)
        let certilink = try Accounts.certilink(provider)
        let s3cret = Credential("s3cret-9")
        let pdf = Credential("https://files.example/x.pdf?X-Amz-Signature=s3cret&X-Amz-Credential=s3cret&part=1")
        let requests = [
            klavi.authenticate().request, klavi.consents(linkID: "L-1").request, legacy.authenticate().request,
            try centric.case("C-1").request, try centric.downloadReport(from: pdf).request,
            try ezid.sendLink(EZiDLinkOrder(email: "a@b.c", linkTarget: "http://localhost:3000/auth")).request,
            try ezid.verifyLink(code: s3cret).request, certilink.authenticate().request,
        ]
        for request in requests {
            #expect(!request.transcript.contains("s3cret"), "\(request)")
            #expect(!request.transcript.contains("Y2xpZW50"), "\(request)")
            #expect(request.transcript.contains("[masked]"), "\(request)")
            #expect(!"\(request)".contains("s3cret"))
            #expect(!String(reflecting: request).contains("s3cret"))
        }
        #expect(requests[2].transcript.contains("Authorization: Basic [masked]"))
        #expect(requests[3].transcript.contains("Authorization: Api-Key [masked]"))
        #expect(requests[4].transcript.contains("X-Amz-Signature=[masked]&X-Amz-Credential=[masked]&part=1"))
    }

    @Test("credentials and tokens show themselves to nobody")
    func masked() throws {
        let credentials = Accounts.klaviCredentials
        let token = try #require(AccessToken("s3cret", expiresAt: nil))
        var dumped = ""
        dump(credentials, to: &dumped)
        dump(token, to: &dumped)
        for text in ["\(credentials)", "\(token)", String(reflecting: token), dumped] {
            #expect(!text.contains("s3cret"))
        }
    }

    @Test("what only looks like a secret stays readable")
    func readable() throws {
        let client = try Accounts.certilink(ScriptedProvider(200, ""))
        let transcript = try client.create(CertilinkOrder(reportToken: "case-001", frameID: 1)).request.transcript
        #expect(transcript.contains(#""reportToken": "case-001""#))
    }

    @Test("nesting as deep as JSON may be costs no stack")
    func deep() throws {
        let deep = #"{"a":"# + String(repeating: "[", count: 500) + String(repeating: "]", count: 500) + "}"
        var order = KlaviLinkOrder()
        order.externalInfo = try FreeObject(deep, name: "externalInfo")
        let request = try Accounts.klavi(ScriptedProvider(200, "")).createLink(order).request
        #expect(request.transcript.contains("externalInfo"))
    }
}
