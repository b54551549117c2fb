import Deliveries
import StrictJSON
import Testing

@testable import Providers

@Suite("Klavi's API")
struct KlaviAPITests {
    private static let root = "https://api-sandbox.klavi.ai/data/v1"
    private static let link = #"{"linkId":"L-1","linkURL":"https://c/p?v=1","linkToken":"lt","expireIn":1800}"#

    private let script = try? APIScript(KlaviAPI.description)

    @Test(
        "the login sends both keys, and the token's lifetime may be a number or a string",
        arguments: ["1800", "\"1800\""])
    func login(life: String) throws {
        let script = try #require(script)
        let run = try script.run(
            KlaviAPI.login(script.account), [.json(200, #"{"accessToken":"abc","expireIn":\#(life)}"#)])
        #expect(run.value?.text == "abc")
        #expect(run.value?.expiresAt == ProviderResponse.time.advanced(byMilliseconds: 1_800_000))
        #expect(run.lines == ["POST \(Self.root)/auth"])
        #expect(run.bodies == [#"{"accessKey":"test-access-key","secretKey":"test-secret-key"}"#])
        #expect(run.requests.map(\.needsAccessToken) == [false])
        #expect(run.requests.map(\.repetition) == [.safe])
    }

    @Test("a link order has every field under its documented name, and externalInfo unchanged")
    func createLink() throws {
        let (plan, run) = try #require(script).order(
            KlaviLinkForm.self,
            [
                "personal-tax-id": ["12345678909"], "business-tax-id": ["12345678000195"],
                "email": ["ana@example.com"], "phone": ["+55 11"], "institution-code": ["033"],
                "redirect-url": ["https://app.example/back"], "connection-key": ["ck"], "app-link": ["app://x"],
                "app-redirect-url-key": ["back"],
                "callback": ["pf_credit_card=https://cb.example/b", "other=https://cb.example/a"],
                "external-file": [#"{ "z": 1.00, "a":"João" }"#],
            ], responding: Self.link)
        #expect(
            run.bodies == [
                #"{"personalTaxId":"12345678909","businessTaxId":"12345678000195","email":"ana@example.com","#
                    + #""phone":"+55 11","institutionCode":"033","redirectURL":"https://app.example/back","#
                    + #""connectionKey":"ck","appLink":"app://x","appRedirectURLKey":"back","productsCallbackURL":"#
                    + #"{"pf_credit_card":"https://cb.example/b","other":"https://cb.example/a"},"#
                    + #""externalInfo":{ "z": 1.00, "a":"João" }}"#
            ])
        #expect(run.lines == ["POST \(Self.root)/links"])
        #expect(run.requests.map(\.needsAccessToken) == [true])
        #expect(plan.expectations == ["pf_credit_card"])
        #expect(plan.keys == [ReportField("externalInfo.z", "1.00"), ReportField("externalInfo.a", "João")])
        #expect(plan.externalInfo == #"{ "z": 1.00, "a":"João" }"#)
        #expect(run.value?.keys == [ReportField("linkId", "L-1")])
        #expect(run.value?.expiresAt == ProviderResponse.time.advanced(byMilliseconds: 1_800_000))
        #expect(run.value?.shown == [.init("linkURL", .string("https://c/p?v=1"))])
    }

    @Test("an order without flags is an empty object")
    func emptyLink() throws {
        #expect(try #require(script).order(KlaviLinkForm.self, [:]).run.bodies == ["{}"])
    }

    @Test("the callback URLs are the URLs of the source's routes")
    func receiver() throws {
        let routes = [
            ReportField("pf_a", "https://cb.test/klavi/pf_a"), ReportField("other", "https://cb.test/klavi/other"),
        ]
        let context = LinkContext(receiver: .init(url: "https://cb.test/klavi", routes: routes))
        let order = try #require(script).order(KlaviLinkForm.self, ["base-url": ["https://cb.test"]], in: context)
        #expect(
            order.run.bodies == [
                #"{"productsCallbackURL":{"pf_a":"https://cb.test/klavi/pf_a","other":"https://cb.test/klavi/other"}}"#
            ])
        #expect(order.plan.expectations == ["pf_a"])
    }

    @Test(
        "the path of a report request depends on the subject and the institution",
        arguments: [
            (false, "12345678909", "033" as String?, "/personal/institution-data"),
            (false, "12345678909", nil, "/personal/user-data"),
            (true, "12345678000195", "033", "/business/institution-data"),
            (true, "12345678000195", nil, "/business/user-data"),
        ])
    func reports(isBusiness: Bool, taxID: String, institution: String?, path: String) throws {
        var given = ["tax-id": [taxID], "product": ["pf_checking_account"], "consent-id": ["C-1", "C-2"]]
        given["business"] = isBusiness ? ["true"] : nil
        given["institution-code"] = institution.map { [$0] }
        given["callback"] = ["all=https://cb.example"]
        given["external"] = ["a=1"]
        let (plan, run) = try #require(script).order(
            KlaviReportForm.self, given, responding: #"{"requestId":"R-1","message":"ok"}"#)
        #expect(run.lines == ["POST \(Self.root)\(path)"])
        let code = institution.map { #""institutionCode":"\#($0)","# } ?? ""
        #expect(
            run.bodies == [
                #"{"taxId":"\#(taxID)","products":["pf_checking_account"],\#(code)"consentIds":["C-1","C-2"],"#
                    + #""productsCallbackURL":{"all":"https://cb.example"},"externalInfo":{"a":"1"}}"#
            ])
        #expect(plan.expectations == ["pf_checking_account"])
        #expect(run.value?.keys == [ReportField("requestId", "R-1")])
    }

    @Test("a link is cancelled by revoking each consent that is not revoked yet")
    func cancel() throws {
        let script = try #require(script)
        let consents =
            #"[{"consentId":"C 1","status":"AUTHORISED"},{"consentId":"C-2","status":"REVOKED"},{"consentId":"C-3"}]"#
        let ok = ProviderResponse.json(200, #"{"message":"ok"}"#)
        let run = try script.run(
            KlaviAPI.revokeConsents(ofLink: "L 1", script.account), [.json(200, consents), ok, ok])
        #expect(run.value != nil)
        #expect(
            run.lines == [
                "GET \(Self.root)/consents?linkId=L%201", "DELETE \(Self.root)/consents/C%201/revoke",
                "DELETE \(Self.root)/consents/C-3/revoke",
            ])
        #expect(run.requests.last?.repetition == .onlyWhenNotSent)
        let alone = try script.run(
            KlaviAPI.revokeConsents(ofLink: "L", script.account), [.json(200, #"{"consentId":"C-1"}"#), ok])
        #expect(alone.value != nil)
        #expect(alone.requests.count == 2)
    }

    @Test(
        "input that Klavi would reject is rejected before the call",
        arguments: [
            (["email": ["ana"]], "--email is not an e-mail address."),
            (["redirect-url": ["back"]], "--redirect-url is not an http or https URL."),
            (
                ["personal-tax-id": ["123.456.789-09"]],
                "--personal-tax-id is not a CPF of 11 digits without dots or dash."
            ),
            (
                ["business-tax-id": ["12ABC34501DEX5"]],
                "--business-tax-id is not a CNPJ of 14 characters without dots, slash or dash."
            ),
            (["app-link": ["app://x"]], "--app-link needs --app-redirect-url-key."),
            (
                ["callback": ["all=https://a", "other=https://b"]],
                "productsCallbackURL has \"all\" and other keys, but \"all\" must be the only key."
            ),
            (
                ["callback": ["x=ftp://a"]],
                "The address of productsCallbackURL for x is not an http or https URL."
            ),
            (["callback": ["x=https://a", "x=https://b"]], "productsCallbackURL names x twice."),
            (["callback": ["x"]], "--callback needs a name and a value, such as name=value."),
            (["external": ["a=1", "a=2"]], "--external sets 'a' twice."),
            (["external": ["a=1"], "external-file": ["{}"]], "--external and --external-file cannot be combined."),
            (["external-file": ["[]"]], "--external-file is JSON, but not an object."),
        ])
    func input(given: [String: [String]], sentence: String) throws {
        let script = try #require(script)
        #expect(complaint { _ = try script.order(KlaviLinkForm.self, given) } == sentence)
        #expect(complaint { _ = try script.order(KlaviLinkForm.self, ["business-tax-id": ["12ABC34501DE35"]]) } == nil)
    }

    @Test(
        "a report request without products or a subject is rejected",
        arguments: [
            (["tax-id": ["12345678909"]], "Pass at least one --product, or --product all."),
            (
                ["tax-id": ["12345678000195"], "product": ["all"]],
                "--tax-id is not a CPF of 11 digits without dots or dash."
            ),
            (
                ["tax-id": ["12345678909"], "product": ["all", "x"]],
                "The product \"all\" cannot be combined with other products."
            ),
        ])
    func reportInput(given: [String: [String]], sentence: String) throws {
        let script = try #require(script)
        #expect(complaint { _ = try script.order(KlaviReportForm.self, given) } == sentence)
    }

    @Test(
        "if a response lacks a documented member, the error contains the name of the member but no values",
        arguments: [
            (#"{"linkURL":"s3cret"}"#, "linkId is missing."), (#"{"linkId":"a","linkURL":""}"#, "linkURL is missing."),
            ("[]", "linkId is missing."),
            ("s3cret", "Its body is not JSON: unexpected character, at byte 0."),
        ])
    func missing(body: String, sentence: String) throws {
        let script = try #require(script)
        #expect(
            callFailure { _ = try script.order(KlaviLinkForm.self, [:], responding: body) }
                == .unexpectedResponse(sentence))
    }

    @Test(
        "every business code has advice",
        arguments: [
            ("4001", "authorisation"), ("4002", "product names"), ("4003", "consent"),
            ("4004", "institutionCode"), ("4005", "at least one product"), ("4006", "productsCallbackURL"),
            ("4007", "later"), ("4008", "not cover"), ("4009", "not cover"),
        ])
    func businessCode(code: String, word: String) throws {
        let rejection = try #require(script).rejection(416, #"{"statusCode":\#(code),"error":"E","message":"M"}"#)
        #expect(rejection?.code == code)
        #expect(rejection?.words == ["M"])
        #expect(rejection?.advice?.contains(word) == true)
    }

    @Test("the number and length of error messages are limited, and a rejection may have no message")
    func bounds() throws {
        let script = try #require(script)
        #expect(
            script.rejection(401, #"{"statusCode":401,"error":"Unauthorized","message":"Invalid"}"#)
                == ProviderRejection(status: 401, words: ["Invalid"], advice: "Check accessKey and secretKey."))
        #expect(
            script.rejection(416, #"{"statusCode":4999,"message":["a","b","a"]}"#)
                == ProviderRejection(status: 416, code: "4999", words: ["a", "b"]))
        for body in ["", "<html>", "[]", "null", "{}"] {
            #expect(script.rejection(418, body) == ProviderRejection(status: 418))
        }
        let long = String(repeating: "é", count: 600)
        let many = (0..<50).map { "\"\($0) \(long)\"" }.joined(separator: ",")
        let rejection = try #require(script.rejection(400, #"{"message":[\#(many)]}"#))
        #expect(rejection.words.count == 20)
        #expect(rejection.words.allSatisfy { $0.count == 500 })
        let huge = String(repeating: "x", count: 300_000)
        #expect(script.rejection(400, #"{"message":"\#(huge)"}"#)?.words == [])
        #expect(script.rejection(200, "{}") == nil)
    }

    @Test("keys that are empty or contain line breaks are rejected", arguments: ["", "a\n"])
    func keys(key: String) {
        #expect(
            complaint { _ = try APIScript(KlaviAPI.description, texts: ["secret-key": key]) }?.contains("secret-key")
                == true)
    }
}
