import Foundation
import Testing

@testable import ProviderSandbox

@Suite struct CertificallLinkListTests {
    @Test("the list of links has the documented entries")
    func lists() throws {
        let desk = CertificallDesk.loggedIn()
        let path = desk.link(["expirationDate": "2026-12-31T23:59:59.000+0100"])
        let token = String(path.suffix(36))
        let reply = desk.call("POST", "/certilink/findCompanyMagicLinks", (["start": 0, "limit": 50] as JSON).bytes)
        #expect(reply?.status == 200)
        #expect(
            reply?.bodyText
                == #"[{"reportToken":"case-001","url":"http://127.0.0.1:9900/certificall/app?mt=\#(token)","#
                + #""magicLinkToken":"\#(token)","createdAt":"2026-11-21T10:00:00Z","#
                + #""expirationDate":"2026-12-31T22:59:59Z","enabled":true,"#
                + #""frame":{"id":1,"name":"Visual Inspection"}}]"#)
    }

    @Test("the list comes in pages of at most a hundred")
    func pages() {
        let desk = CertificallDesk.loggedIn()
        for number in 0..<120 { _ = desk.link(["reportToken": .string("r\(number)")]) }
        func tokens(_ body: JSON) -> [String?]? {
            desk.json("POST", "/certilink/findCompanyMagicLinks", body).json?.elements?.map {
                $0["reportToken"]?.string
            }
        }
        #expect(tokens(["start": 0, "limit": 100])?.count == 100)
        #expect(tokens([:])?.count == 100)
        #expect(tokens(["start": 100, "limit": 100])?.count == 20)
        #expect(tokens(["start": 118, "limit": 1]) == ["r118"])
        #expect(tokens(["start": 500, "limit": 10]) == [])
        #expect(tokens(["start": .integer(Int.max), "limit": 10]) == [])
        func message(_ body: JSON) -> String? {
            desk.message(400, desk.json("POST", "/certilink/findCompanyMagicLinks", body))
        }
        #expect(message(["start": 0, "limit": 101]) == "limit must not be greater than 100")
        #expect(message(["limit": 0]) == "limit must not be less than 1")
        #expect(message(["start": -1]) == "start must not be less than 0")
        #expect(message(["start": "0"]) == "start must be an integer number")
        #expect(message(["limit": .number("2.5")]) == "limit must be an integer number")
    }

    @Test("PATCH changes the expiration date and the context")
    func changes() throws {
        let desk = CertificallDesk.loggedIn()
        let path = desk.link()
        let target = "/certilink/\(path.suffix(36))"
        let reply = desk.call(
            "PATCH", target,
            ([
                "expirationDate": "2026-12-01T00:00:00.000+0000",
                "context": ["visibleData": ["instructions": "Now <this>"], "metadata": ["updated": "true"]],
            ] as JSON).bytes)
        #expect(reply?.status == 200)
        #expect(reply?.bodyText == #"{"status":"Success","message":"Magic link updated successfully"}"#)
        #expect(desk.call("GET", path)?.bodyText.contains("Now &lt;this&gt;") == true)
        let list = desk.json("POST", "/certilink/findCompanyMagicLinks", [:]).json
        #expect(list?.elements?.first?["expirationDate"] == "2026-12-01T00:00:00Z")
        #expect(desk.json("PATCH", target, [:]).status == 200)
        #expect(desk.call("GET", path)?.bodyText.contains("Now &lt;this&gt;") == true)
        #expect(
            desk.message(400, desk.json("PATCH", target, ["expirationDate": "2025-12-01T00:00:00.000+0000"]))
                == "expirationDate must not be in the past")
        #expect(
            desk.message(400, desk.json("PATCH", target, ["context": ["metadata": ["a": 1]]]))
                == "context.metadata.a must be a string")
        #expect(desk.message(400, desk.json("PATCH", target)) == "the body must be an object")
        #expect(desk.message(404, desk.json("PATCH", "/certilink/nobody", [:])) == "Magic link not found")
    }

    @Test("DELETE switches a link off and leaves it in the list", arguments: ["", "/certificall/api"])
    func deletes(_ base: String) {
        let desk = CertificallDesk.loggedIn()
        let path = desk.link()
        let reply = desk.call("DELETE", base + "/certilink/\(path.suffix(36))")
        #expect(reply?.status == 200)
        #expect(reply?.bodyText == #"{"status":"Success","message":"Magic link deleted successfully"}"#)
        let list = desk.json("POST", base + "/certilink/findCompanyMagicLinks", [:]).json
        #expect(list?.elements?.map { $0["enabled"]?.bool } == [false])
        #expect(desk.call("GET", path)?.status == 410)
        #expect(desk.message(404, desk.json("DELETE", base + "/certilink/nobody")) == "Magic link not found")
    }
}
