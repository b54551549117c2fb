import Deliveries
import ProviderClients
import StrictJSON
import Testing

@Suite("Calls of Klavi's API")
struct KlaviCallTests {
    private static let json = "Content-Type: application/json\nAccept: application/json\n"
    private static let root = "https://api-sandbox.klavi.ai/data/v1"

    @Test(
        "auth sends both keys and reads the token, whose life may be a number or a text",
        arguments: ["1800", "\"1800\""])
    func authenticate(life: String) async throws {
        let provider = ScriptedProvider(200, #"{"accessToken":"abc","expireIn":\#(life)}"#)
        let clock = ManualClock()
        let client = try Accounts.klavi(provider, clock: clock)
        let token = try await client.send(client.authenticate())
        #expect(token.text == "abc")
        #expect(token.expiresAt == clock.now.advanced(byMilliseconds: 1_800_000))
        #expect(
            provider.texts == [
                "POST \(Self.root)/auth\n\(Self.json)\n" + #"{"accessKey":"test-access","secretKey":"test-s3cret"}"#
            ])
    }

    @Test("a link order says everything in the documented order, free objects as they were written")
    func createLink() async throws {
        let provider = ScriptedProvider(
            200, #"{"linkId":"L-1","linkURL":"https://c/p?v=1","linkToken":"lt","expireIn":1800}"#)
        let client = try Accounts.klavi(provider)
        var order = KlaviLinkOrder()
        order.personalTaxID = "12345678909"
        order.businessTaxID = "12345678000195"
        order.email = "ana@example.com"
        order.phone = "+55 11"
        order.institutionCode = "033"
        order.redirectURL = "https://app.example/back"
        order.productsCallbackURL = try ProductCallbacks([
            .init("pf_credit_card", "https://cb.example/b"), .init("other", "https://cb.example/a"),
        ])
        order.externalInfo = try FreeObject(#"{ "z": 1.00, "a":"João" }"#, name: "externalInfo")
        order.connectionKey = "ck"
        order.appLink = "app://x"
        order.appRedirectURLKey = "back"
        let link = try await client.send(try client.createLink(order))
        #expect(link.linkID == "L-1")
        #expect(link.linkURL == "https://c/p?v=1")
        #expect(link.expiresInSeconds == 1800)
        let body =
            #"{"personalTaxId":"12345678909","businessTaxId":"12345678000195","email":"ana@example.com","#
            + #""phone":"+55 11","institutionCode":"033","redirectURL":"https://app.example/back","#
            + #""productsCallbackURL":{"pf_credit_card":"https://cb.example/b","other":"https://cb.example/a"},"#
            + #""externalInfo":{ "z": 1.00, "a":"João" },"connectionKey":"ck","appLink":"app://x","#
            + #""appRedirectURLKey":"back"}"#
        #expect(provider.texts == ["POST \(Self.root)/links\n\(Self.json)Authorization: Bearer T0KEN\n\n\(body)"])
    }

    @Test("an order of nothing is an empty object")
    func emptyLink() throws {
        let call = try Accounts.klavi(ScriptedProvider(200, "")).createLink(KlaviLinkOrder())
        #expect(call.request.body == Array("{}".utf8))
    }

    @Test("the consents of a link are read as a list and alone")
    func consents() async throws {
        let text = #"{"consentId":"C-1","linkId":"L 1","institutionCode":"033","status":"AUTHORISED"}"#
        let provider = ScriptedProvider([.json(200, "[\(text),{\"consentId\":\"C-2\"}]"), .json(200, text)])
        let client = try Accounts.klavi(provider)
        let consents = try await client.send(client.consents(linkID: "L 1"))
        #expect(consents.map(\.consentID) == ["C-1", "C-2"])
        #expect(consents.map(\.status) == ["AUTHORISED", nil])
        #expect(try await client.send(client.consents(linkID: "L 1")) == Array(consents.prefix(1)))
        #expect(
            provider.texts.first
                == "GET \(Self.root)/consents?linkId=L%201\nAccept: application/json\nAuthorization: Bearer T0KEN")
    }

    @Test("a consent is revoked by its id, and never a second time by itself")
    func revoke() async throws {
        let provider = ScriptedProvider(200, #"{"message":"ok"}"#)
        let client = try Accounts.klavi(provider)
        let call = try client.revokeConsent("C-1")
        #expect(try await client.send(call).rest.root["message"]?.string == "ok")
        #expect(call.request.repetition == .onlyWhenNotSent)
        #expect(
            provider.texts == [
                "DELETE \(Self.root)/consents/C-1/revoke\nAccept: application/json\nAuthorization: Bearer T0KEN"
            ])
    }

    @Test(
        "reports have a path for whom and for where",
        arguments: [
            (KlaviReportOrder.Subject.personal, "12345678909", "033" as String?, "/personal/institution-data"),
            (.personal, "12345678909", nil, "/personal/user-data"),
            (.business, "12345678000195", "033", "/business/institution-data"),
            (.business, "12345678000195", nil, "/business/user-data"),
        ])
    func reportPaths(subject: KlaviReportOrder.Subject, taxID: String, institution: String?, path: String) throws {
        let order = KlaviReportOrder(subject, taxID: taxID, institutionCode: institution, products: ["all"])
        let call = try Accounts.klavi(ScriptedProvider(200, "")).requestReport(order)
        #expect(call.request.url == Self.root + path)
    }

    @Test("a report request says everything in the documented order")
    func report() async throws {
        let provider = ScriptedProvider(200, #"{"requestId":"R-1","message":"ok"}"#)
        let client = try Accounts.klavi(provider)
        var order = KlaviReportOrder(
            .personal, taxID: "12345678909", institutionCode: "033", products: ["pf_checking_account"])
        order.linkID = "L-1"
        order.consentIDs = ["C-1", "C-2"]
        order.productsCallbackURL = try ProductCallbacks([.init("all", "https://cb.example")])
        order.externalInfo = try FreeObject("{}", name: "externalInfo")
        #expect(try await client.send(try client.requestReport(order)).requestID == "R-1")
        let body =
            #"{"taxId":"12345678909","institutionCode":"033","products":["pf_checking_account"],"linkId":"L-1","#
            + #""consentIds":["C-1","C-2"],"productsCallbackURL":{"all":"https://cb.example"},"externalInfo":{}}"#
        #expect(
            provider.texts == [
                "POST \(Self.root)/personal/institution-data\n\(Self.json)Authorization: Bearer T0KEN\n\n\(body)"
            ])
    }

    @Test(
        "an answer without what is documented names what is missing and quotes nothing",
        arguments: [
            (#"{"linkURL":"s3cret"}"#, "linkId is missing."), (#"{"linkId":"a","linkURL":""}"#, "linkURL is missing."),
            ("[]", "linkId is missing."),
            ("s3cret", "Its body is no JSON: a byte does not belong here, at byte 0."),
            ("", "Its body is no JSON: there is no value, at byte 0."),
        ])
    func missing(body: String, sentence: String) async throws {
        let client = try Accounts.klavi(ScriptedProvider(200, body))
        let failure = await failure { _ = try await client.send(try client.createLink(KlaviLinkOrder())) }
        #expect(failure == .unexpectedResponse(sentence))
    }
}
