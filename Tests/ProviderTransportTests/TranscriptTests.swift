import Deliveries
import ProviderTransport
import Testing

@testable import Providers

@Suite("Transcripts of calls")
struct TranscriptTests {
    private static func transcript(_ body: String, url: String = "https://api.test/links") -> String {
        ProviderRequest(
            "POST", url, headers: [HeaderField("Content-Type", "application/json")], body: Array(body.utf8),
            needsAccessToken: true
        ).transcript
    }

    @Test("a request is formatted, and its token and secrets are masked")
    func link() {
        let body = #"{"email":"ana@example.com","externalInfo":{"a":{"secretKey":["s3cret",1],"b":2},"otp":123456}}"#
        #expect(
            Self.transcript(body) == """
                POST https://api.test/links
                Content-Type: application/json
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

    @Test("secrets in headers, queries and forms are masked, but similar harmless names stay readable")
    func places() {
        let request = ProviderRequest(
            "POST", "https://files.test/x.pdf?X-Amz-Signature=s3cret&X-Amz-Credential=s3cret&part=1",
            headers: [
                HeaderField("Authorization", "Basic s3cret"), HeaderField("X-Api-Key", "s3cret"),
                HeaderField("Accept", "*/*"),
            ], body: Array("client_secret=s3cret&grant_type=client_credentials".utf8))
        #expect(
            request.transcript == """
                POST https://files.test/x.pdf?X-Amz-Signature=[masked]&X-Amz-Credential=[masked]&part=1
                Authorization: Basic [masked]
                X-Api-Key: [masked]
                Accept: */*

                client_secret=[masked]&grant_type=client_credentials
                """)
        #expect(!"\(request)".contains("s3cret"))
        #expect(!String(reflecting: request).contains("s3cret"))
        #expect(Self.transcript(#"{"reportToken":"case-001"}"#).contains(#""reportToken": "case-001""#))
    }

    @Test(
        "the credentials of every API are masked in every request that contains them",
        arguments: ProviderCatalog.standard.callableAPIs)
    func credentials(api: APIDescription) throws {
        let texts = Dictionary(uniqueKeysWithValues: api.credentials.map { ($0, "id") })
            .merging(api.credentials.suffix(1).map { ($0, "s3cret") }) { $1 }
        let account = try APIAccount(api, root: try APIRoot(api.defaultURL), texts: texts)
        var requests: [ProviderRequest] = []
        if let login = api.login { requests.append(try login(account).request) }
        if let cancel = api.cancel { requests.append(try cancel.call("L-1", account).request) }
        for form in api.links {
            var values = FieldValues()
            for field in form.fields where ["email", "tax-id", "frame", "package", "link-target"].contains(field.name) {
                values.replace(field, by: field.name == "email" ? "a@b.test" : "https://x.test")
            }
            guard form.problem(with: values) == nil,
                case .done(let plan) = try form.plan(values, for: account, in: LinkContext(isDryRun: true))
            else { continue }
            if let call = plan.call { requests.append(call.request) }
        }
        #expect(!requests.isEmpty)
        for request in requests {
            #expect(!request.transcript.contains("s3cret"), "\(request)")
            #expect(!request.transcript.contains("aWQ6"), "\(request)")
        }
    }

    @Test("descriptions of credentials, tokens and accounts do not contain their texts")
    func masked() throws {
        let token = try AccessToken("s3cret", expiresAt: nil)
        var dumped = ""
        dump(token, to: &dumped)
        dump(Credential("s3cret"), to: &dumped)
        dump(try Accounts.make(), to: &dumped)
        for text in ["\(token)", String(reflecting: token), "\(Credential("s3cret"))", dumped] {
            #expect(!text.contains("s3cret"))
        }
    }

    @Test("the deepest JSON nesting does not overflow the stack")
    func deep() {
        let deep = #"{"a":"# + String(repeating: "[", count: 500) + String(repeating: "]", count: 500) + "}"
        #expect(Self.transcript(deep).contains(#""a""#))
    }
}
