import Deliveries
import Foundation
import StrictJSON
import Testing

@testable import ProviderSandbox

@Suite("Certificall: login and links")
struct CertificallAPITests {
    private static let complete: JSON = [
        "reportToken": "my-case", "frameId": 1, "expirationDate": "2026-12-31T23:59:59.000+0100", "maxUses": 5,
        "companyId": 123,
        "context": [
            "visibleData": ["instructions": "Note the <number>", "user": "Ana Souza", "issuer": "Example"],
            "metadata": ["source": "web-portal"],
        ],
    ]
    private static let list = "/certilink/findCompanyMagicLinks"

    @Test("a login returns a token that is valid for an hour")
    func logsIn() {
        let desk = CertificallDesk.loggedIn()
        #expect(ReadToken(desk.logIn())?.claims["exp"] == .integer(1_795_255_200 + 3600))
        desk.now += 3599
        #expect(desk.call("GET", "/certificall/api/frames").status == 200)
        desk.now += 1
        let late = desk.call("GET", "/certificall/api/frames")
        #expect(late.text == #"{"statusCode":401,"message":"Unauthorized"}"#)
        let wrong: JSON = ["username": "sandbox", "password": "no"]
        #expect(desk.call("POST", "/certificall/api/auth/token", wrong).status == 401)
    }

    @Test(
        "calls need a token",
        arguments: [
            ("GET", "/certificall/api/frames"), ("GET", "/certificall/api/cases?format=metadata"),
            ("POST", "/certificall/api/certilink/create"), ("POST", "/certilink/bulk-create"), ("POST", list),
            ("PATCH", "/certilink/x"), ("DELETE", "/certilink/x"),
        ])
    func needsToken(method: String, path: String) {
        #expect(CertificallDesk.open().call(method, path).status == 401)
        #expect(CertificallDesk.loggedIn().call(method, path).status != 401)
    }

    @Test("the list of frames contains the documented frames")
    func frames() {
        #expect(
            CertificallDesk.loggedIn().call("GET", "/certificall/api/frames").text
                == #"[{"id":1,"name":"Visual Inspection","steps":[{"id":10,"title":"Equipment photo","#
                + #""description":"Take a photo of the equipment to inspect"},{"id":11,"title":"General condition","#
                + #""description":"Evaluate the general condition of the equipment"}]},"#
                + #"{"id":2,"name":"Technical Inspection","steps":[{"id":20,"title":"Electrical verification","#
                + #""description":"Check electrical installations"}]}]"#)
    }

    @Test("paths of other providers are not handled, and unknown calls get 404")
    func paths() {
        let desk = CertificallDesk.loggedIn()
        for (method, path) in [("GET", "/"), ("GET", "/certificall"), ("DELETE", "/certificall/app?mt=x")] {
            #expect(desk.call(method, path).status == 0)
        }
        #expect(desk.message(404, desk.call("GET", "/certificall/api/x")) == "Cannot GET /certificall/api/x")
        #expect(desk.message(404, desk.call("GET", "/certilink/create")) == "Cannot GET /certilink/create")
    }

    @Test("create returns the URL of a page, and the list contains the link", arguments: ["", "/certificall/api"])
    func creates(base: String) throws {
        let desk = CertificallDesk.loggedIn()
        let response = desk.call("POST", base + "/certilink/create", Self.complete)
        #expect(response.status == 201 && response.json.members?.count == 1)
        let url = try #require(response.json["url"]?.string)
        let token = try #require(
            url.wholeMatch(of: /http:\/\/127\.0\.0\.1:9900\/certificall\/app\?mt=([0-9a-f-]{36})/)?.1)
        #expect(
            desk.call("POST", base + Self.list, ["start": 0, "limit": 50]).text
                == #"[{"reportToken":"my-case","url":"\#(url)","magicLinkToken":"\#(token)","#
                + #""createdAt":"2026-11-21T10:00:00Z","expirationDate":"2026-12-31T22:59:59Z","enabled":true,"#
                + #""frame":{"id":1,"name":"Visual Inspection"}}]"#)
    }

    @Test(
        "wrong fields are rejected",
        arguments: [
            ("reportToken", nil, "reportToken should not be empty"),
            ("reportToken", "", "reportToken should not be empty"),
            ("reportToken", 5, "reportToken must be a string"), ("frameId", "1", "frameId must be an integer number"),
            ("frameId", 3, "frameId is not a frame of your company"),
            ("expirationDate", "2026-11-21T11:00:00.000+0100", "expirationDate must not be in the past"),
            ("maxUses", .raw("1.5"), "maxUses must be an integer number"),
            ("companyId", 5, "companyId is not your company"),
            ("context", "x", "context must be an object"),
            ("context", ["visibleData": ["user": 1]], "context.visibleData.user must be a string"),
            ("context", ["metadata": []], "context.metadata must be an object"),
        ] as [(String, JSON, String)])
    func rejectsFields(name: String, value: JSON, message: String) {
        let desk = CertificallDesk.loggedIn()
        #expect(
            desk.message(400, desk.call("POST", "/certilink/create", Self.complete.setting(name, value))) == message)
        #expect(desk.message(400, desk.call("POST", "/certilink/create", [])) == "the body must be an object")
        #expect(desk.call("POST", "/certilink/create", Self.complete.setting("maxUses", 0)).status == 400)
    }

    @Test(
        "an expiration date is accepted only in the documented format, and its offset is applied",
        arguments: [
            ("2026-12-31T23:59:59.999-0330", "2027-01-01T03:29:59Z"),
            ("2028-02-29T00:00:00.000+0000", "2028-02-29T00:00:00Z"),
            ("2026-12-31T23:59:59.000+01:00", nil), ("2026-12-31T23:59:59.000Z", nil),
            ("2026-12-31T23:59:59+0100", nil),
            ("2026-12-31", nil), ("2026-02-29T23:59:59.000+0100", nil), ("2026-12-31T24:00:00.000+0100", nil),
            ("2026-12-31T23:59:60.000+0100", nil), ("2026-12-31T23:59:59.000+1500", nil),
            ("2026-12-31 23:59:59.000+0100", nil), ("", nil),
        ])
    func dates(text: String, listed: String?) {
        let desk = CertificallDesk.loggedIn()
        let response = desk.call("POST", "/certilink/create", Self.complete.setting("expirationDate", .string(text)))
        #expect(response.status == (listed == nil ? 400 : 201))
        #expect(desk.call("POST", Self.list, [:]).json.elements?.first?["expirationDate"]?.string == listed)
    }

    @Test("bulk-create creates the valid links and names the invalid links")
    func bulk() {
        let desk = CertificallDesk.loggedIn()
        let response = desk.call(
            "POST", "/certilink/bulk-create", [Self.complete, ["reportToken": "bad", "frameId": 9], 5])
        #expect(response.status == 201)
        let start =
            #"{"state":"Certilink bulk creation ended","date":"2026-11-21T11:00:00.000+0100","company":123,"success":["#
        #expect(response.text.hasPrefix(start))
        #expect(response.json["success"]?.elements?.map { $0["reportToken"] } == ["my-case"])
        #expect(
            response.json["error"] == [
                ["reportToken": "bad", "message": "frameId is not a frame of your company"],
                ["reportToken": nil, "message": "the body must be an object"],
            ])
        #expect(desk.message(400, desk.call("POST", "/certilink/bulk-create", [:])) == "the body must be an array")
    }

    @Test("a page of the list has at most a hundred links")
    func pages() {
        let desk = CertificallDesk.loggedIn()
        for number in 0..<120 { _ = desk.link(["reportToken": "r\(number)"]) }
        func tokens(_ body: JSON) -> [String?]? {
            desk.call("POST", Self.list, body).json.elements?.map { $0["reportToken"]?.string }
        }
        #expect(tokens([:])?.count == 100)
        #expect(tokens(["start": 100, "limit": 100])?.count == 20)
        #expect(tokens(["start": 118, "limit": 1]) == ["r118"])
        let message = desk.message(400, desk.call("POST", Self.list, ["limit": 101]))
        #expect(message == "limit must not be greater than 100")
    }

    @Test("PATCH changes the expiration date and the context; DELETE disables the link but keeps it in the list")
    func changes() {
        let desk = CertificallDesk.loggedIn()
        let page = desk.link()
        let target = "/certilink/\(page.suffix(36))"
        let change: JSON = [
            "expirationDate": "2026-12-01T00:00:00.000+0000",
            "context": ["visibleData": ["instructions": "Now <this>"]],
        ]
        #expect(
            desk.call("PATCH", target, change).text
                == #"{"status":"Success","message":"Magic link updated successfully"}"#)
        #expect(desk.call("PATCH", target, [:]).status == 200)
        #expect(desk.call("GET", page).text.contains("Now &lt;this&gt;"))
        #expect(desk.message(400, desk.call("PATCH", target, ["context": 1])) == "context must be an object")
        #expect(
            desk.call("DELETE", target).text == #"{"status":"Success","message":"Magic link deleted successfully"}"#)
        let listed = desk.call("POST", Self.list, [:]).json.elements?.first
        #expect(listed?["expirationDate"] == "2026-12-01T00:00:00Z" && listed?["enabled"] == false)
        #expect(desk.call("GET", page).status == 410)
        for method in ["PATCH", "DELETE"] {
            #expect(desk.message(404, desk.call(method, "/certilink/nobody", [:])) == "Magic link not found")
        }
    }
}
