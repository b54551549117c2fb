import Deliveries
import ProviderClients
import StrictJSON
import Testing

@Suite("Calls of Certificall's API")
struct CertilinkCallTests {
    private static let root = "https://admin.certificall.app/certificall/api"
    private static let get = "\nAccept: application/json\nAuthorization: Bearer T0KEN"
    private static let post =
        "\nContent-Type: application/json\nAccept: application/json\nAuthorization: Bearer T0KEN\n\n"

    @Test("the token is asked for with the password; it ends when it says so itself")
    func token() async throws {
        let jwt = "eyJhbGciOiJIUzI1NiJ9." + Base64Text.encode(Array(#"{"exp":1800003600.5}"#.utf8)) + ".AAAA"
        let provider = ScriptedProvider([.json(200, #"{"token":"\#(jwt)"}"#), .json(200, #"{"token":"opaque"}"#)])
        let client = try Accounts.certilink(provider)
        let token = try await client.send(client.authenticate())
        #expect(token.text == jwt)
        #expect(token.expiresAt == Timestamp(millisecondsSinceEpoch: 1_800_003_600_000))
        #expect(try await client.send(client.authenticate()).expiresAt == nil)
        #expect(
            provider.texts.first
                == "POST \(Self.root)/auth/token\nContent-Type: application/json\nAccept: application/json\n\n"
                + #"{"username":"user","password":"test-s3cret"}"#)
    }

    @Test("frames are read with the titles of their steps")
    func frames() async throws {
        let provider = ScriptedProvider(
            200, #"[{"id":1,"name":"V","steps":[{"id":10,"title":"T","description":"D"}]},{"id":2}]"#)
        let client = try Accounts.certilink(provider)
        let frames = try await client.send(client.frames())
        #expect(frames.map(\.id) == [1, 2])
        #expect(frames.map(\.stepTitles) == [["T"], []])
        #expect(provider.texts == ["GET \(Self.root)/frames\(Self.get)"])
    }

    private static func fullOrder() throws -> CertilinkOrder {
        var beneficiary = CertilinkContext.Beneficiary()
        beneficiary.lastName = "Dupont"
        beneficiary.firstName = "Jean"
        beneficiary.address = "1 Rue"
        beneficiary.city = "Paris"
        beneficiary.postCode = "75001"
        beneficiary.email = "jean@example.com"
        var context = CertilinkContext()
        context.beneficiary = beneficiary
        context.issuer = "ACME"
        context.photoRef = "p"
        context.reportRef = "r"
        context.instructions = "i"
        context.user = "u"
        context.metadata = [.init("source", "web"), .init("a", "1")]
        var order = CertilinkOrder(reportToken: "case-001", frameID: 1)
        order.expirationDate = try CertilinkExpiration("2025-12-31T23:59:59.000+0100")
        order.maxUses = 5
        order.companyID = 7
        order.context = context
        return order
    }

    private static let fullText =
        #"{"reportToken":"case-001","frameId":1,"expirationDate":"2025-12-31T23:59:59.000+0100","maxUses":5,"#
        + #""companyId":7,"context":{"visibleData":{"beneficiary":{"lastName":"Dupont","firstName":"Jean","#
        + #""address":"1 Rue","city":"Paris","postCode":"75001","email":"jean@example.com"},"issuer":"ACME","#
        + #""photoRef":"p","reportRef":"r","instructions":"i","user":"u"},"metadata":{"source":"web","a":"1"}}}"#

    @Test("an order says everything in the documented order, under a base of its own where there is one")
    func create() async throws {
        let provider = ScriptedProvider(200, #"{"url":"https://app.certificall.app?mt=5e6f-7g8h"}"#)
        let client = try Accounts.certilink(provider, certilinkRoot: try APIRoot("http://127.0.0.1:9/x"))
        let link = try await client.send(try client.create(try Self.fullOrder()))
        #expect(link.url == "https://app.certificall.app?mt=5e6f-7g8h")
        #expect(link.magicLinkToken == "5e6f-7g8h")
        #expect(link.reportToken == nil)
        #expect(provider.texts == ["POST http://127.0.0.1:9/x/certilink/create\(Self.post)\(Self.fullText)"])
    }

    @Test("many orders are a list, and failures are told beside successes")
    func bulk() async throws {
        let provider = ScriptedProvider([
            .json(
                200,
                #"{"state":"ended","date":"d","company":123,"success":[{"reportToken":"case-001","url":"https://a?mt=1"}],"error":[{"reportToken":"case-002","message":"no"},"odd"]}"#
            ), .json(200, #"{"url":"https://a?mt=2"}"#),
        ])
        let client = try Accounts.certilink(provider)
        let orders = [try Self.fullOrder(), CertilinkOrder(reportToken: "case-002", frameID: 2)]
        let batch = try await client.send(try client.create(orders))
        #expect(batch.created.map(\.magicLinkToken) == ["1"])
        #expect(batch.created.map(\.reportToken) == ["case-001"])
        #expect(batch.failures.map(\.reportToken) == ["case-002", nil])
        #expect(batch.failures.map(\.message) == ["no", "odd"])
        #expect(try await client.send(try client.create(orders)).created.map(\.magicLinkToken) == ["2"])
        #expect(
            provider.texts.first
                == "POST \(Self.root)/certilink/bulk-create\(Self.post)[\(Self.fullText),"
                + #"{"reportToken":"case-002","frameId":2}]"#)
    }

    @Test("the company's links are listed by a POST that may be repeated")
    func find() async throws {
        let provider = ScriptedProvider([
            .json(503, ""),
            .json(
                200,
                #"[{"reportToken":"abc","url":"https://a?mt=1","magicLinkToken":"m","createdAt":"c","expirationDate":"e","enabled":true,"frame":{"id":1,"name":"V"}}]"#
            ),
        ])
        let client = try Accounts.certilink(provider)
        let links = try await client.send(try client.find(start: 0, limit: 50))
        #expect(links.map(\.link.magicLinkToken) == ["m"])
        #expect(links.map(\.isEnabled) == [true])
        #expect(links.map(\.frameID) == [1])
        #expect(links.map(\.frameName) == ["V"])
        let text = "POST \(Self.root)/certilink/findCompanyMagicLinks\(Self.post)" + #"{"start":0,"limit":50}"#
        #expect(provider.texts == [text, text])
    }

    @Test("a link is changed and deleted by its token")
    func changeAndDelete() async throws {
        let provider = ScriptedProvider(200, #"{"status":"Success","message":"ok"}"#)
        let client = try Accounts.certilink(provider)
        var change = CertilinkChange()
        change.expirationDate = try CertilinkExpiration(Timestamp(millisecondsSinceEpoch: 1_800_000_000_000))
        #expect(try await client.send(try client.update("5e6f-7g8h", change)).rest.root["status"]?.string == "Success")
        _ = try await client.send(try client.delete("5e6f-7g8h"))
        #expect(
            provider.texts == [
                "PATCH \(Self.root)/certilink/5e6f-7g8h\(Self.post)"
                    + #"{"expirationDate":"2027-01-15T08:00:00.000+0000"}"#,
                "DELETE \(Self.root)/certilink/5e6f-7g8h\(Self.get)",
            ])
    }

    @Test("cases are asked for by everything that narrows the list")
    func cases() async throws {
        let provider = ScriptedProvider(
            200,
            #"[{"cfRef":"CAS-1","closingDate":"d","createdAt":"c","closed":true,"reportToken":"t","url":"u"},{"cfRef":"CAS-2"}]"#
        )
        let client = try Accounts.certilink(provider)
        var query = CertificallCaseQuery()
        query.hours = 240
        query.withReportToken = true
        query.closed = false
        let cases = try await client.send(try client.cases(query))
        #expect(cases.map(\.cfRef) == ["CAS-1", "CAS-2"])
        #expect(cases.map(\.closingDate) == ["d", nil])
        #expect(cases.map(\.reportToken) == ["t", nil])
        #expect(
            provider.texts == [
                "GET \(Self.root)/cases?format=metadata&hours=240&withReportToken=true&closed=false\(Self.get)"
            ])
    }

    @Test("a report is fetched without a login")
    func open() async throws {
        let provider = ScriptedProvider(200, #"[{"cfRef":"CAS-1"}]"#)
        let client = try Accounts.certilink(provider, tokens: MemoryTokenStore())
        #expect(try await client.send(try client.reports("case/001")).value.kind == .array)
        #expect(provider.texts == ["GET \(Self.root)/reports/case%2F001\nAccept: application/json"])
    }

    @Test(
        "an end has one form",
        arguments: [
            "2025-12-31T23:59:59+0100", "2025-12-31T23:59:59.000+01:00", "2025-12-31T23:59:59.000Z",
            "2025-02-30T23:59:59.000+0100", "2025-12-31 23:59:59.000+0100", "", "2025-12-31T25:59:59.000+0100",
        ])
    func expiration(text: String) throws {
        #expect(complaint { _ = try CertilinkExpiration(text) }?.contains("expirationDate") == true)
        #expect(complaint { _ = try CertilinkExpiration("2025-12-31T23:59:59.000-0130") } == nil)
    }

    @Test("what Certificall would reject is found before")
    func input() throws {
        let client = try Accounts.certilink(ScriptedProvider(200, ""))
        var order = CertilinkOrder(reportToken: "", frameID: 1)
        #expect(complaint { _ = try client.create(order) } == "reportToken is empty.")
        order.reportToken = "x"
        order.maxUses = 0
        #expect(complaint { _ = try client.create(order) } == "maxUses is below 1.")
        order.maxUses = nil
        var context = CertilinkContext()
        context.metadata = [.init("a", "1"), .init("a", "2")]
        order.context = context
        #expect(complaint { _ = try client.create(order) } == #"context.metadata names "a" twice."#)
        #expect(complaint { _ = try client.create([]) } == "There is no Certilink to create.")
        #expect(complaint { _ = try client.find(limit: 101) } == "limit is not between 1 and 100.")
        #expect(complaint { _ = try client.find(limit: 0) } == "limit is not between 1 and 100.")
        #expect(complaint { _ = try client.find(start: -1) } == "start is below 0.")
        #expect(complaint { _ = try client.update("m", CertilinkChange()) }?.contains("neither") == true)
        var query = CertificallCaseQuery()
        query.hours = 241
        #expect(complaint { _ = try client.cases(query) } == "hours is not between 1 and 240.")
    }

    @Test(
        "errors keep Certificall's words",
        arguments: [
            (
                400, #"{"statusCode":400,"message":"Invalid report token","error":"Bad Request"}"#,
                ["Invalid report token"], "reportToken"
            ),
            (
                400, #"{"statusCode":400,"message":["a must be b","c"],"error":"Bad Request"}"#, ["a must be b", "c"],
                "Correct the fields"
            ),
            (401, #"{"statusCode":401,"message":"Unauthorized"}"#, ["Unauthorized"], "username and password"),
            (500, #"{"error":"Oops"}"#, ["Oops"], "provider's"),
        ])
    func errors(status: Int, body: String, words: [String], advice: String) async throws {
        let client = try Accounts.certilink(ScriptedProvider(status, body))
        let rejection = await rejection { _ = try await client.send(try client.reports("t")) }
        #expect(rejection?.status == status)
        #expect(rejection?.words == words)
        #expect(rejection?.advice?.contains(advice) == true)
    }
}
