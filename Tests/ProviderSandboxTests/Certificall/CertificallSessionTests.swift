import Foundation
import Testing

@testable import ProviderSandbox

@Suite struct CertificallSessionTests {
    private static let path = "/certificall/api/auth/token"

    @Test("a log-in gives a token that works for an hour")
    func logsIn() throws {
        let desk = CertificallDesk.open()
        let reply = desk.json("POST", Self.path, ["username": "sandbox", "password": "sandbox-password"])
        #expect(reply.status == 200)
        #expect(reply.json?.members?.map(\.name) == ["token"])
        let token = try #require(reply.json?["token"]?.string)
        #expect(ReadToken(token)?.header == ["alg": "HS256", "typ": "JWT"])
        #expect(ReadToken(token)?.claims["exp"]?.integer == 1_795_255_200 + 3600)
        desk.headers = [HeaderLine("Authorization", "Bearer \(token)")]
        desk.now += 3599
        #expect(desk.call("GET", "/certificall/api/frames")?.status == 200)
        desk.now += 1
        let late = desk.call("GET", "/certificall/api/frames")
        #expect(late?.status == 401)
        #expect(late?.bodyText == #"{"statusCode":401,"message":"Unauthorized"}"#)
        #expect(desk.logIn() != token)
    }

    @Test(
        "wrong credentials are refused",
        arguments: [
            ["username": "sandbox", "password": "no"], ["username": "no", "password": "sandbox-password"],
            ["username": "sandbox"], [:], [],
        ] as [JSON])
    func refuses(_ body: JSON) {
        let reply = CertificallDesk.open().call("POST", Self.path, body.bytes)
        #expect(reply?.status == 401)
        #expect(reply?.bodyText == #"{"statusCode":401,"message":"Unauthorized"}"#)
    }

    @Test(
        "calls need a token, and the right scheme",
        arguments: [
            ("GET", "/certificall/api/frames"), ("GET", "/certificall/api/cases?format=metadata"),
            ("POST", "/certificall/api/certilink/create"), ("POST", "/certilink/create"),
            ("POST", "/certilink/bulk-create"), ("POST", "/certilink/findCompanyMagicLinks"),
            ("PATCH", "/certilink/x"), ("DELETE", "/certilink/x"),
        ])
    func needsToken(_ method: String, _ path: String) {
        let desk = CertificallDesk.open()
        #expect(desk.call(method, path)?.status == 401)
        let token = desk.logIn() ?? ""
        desk.headers = [HeaderLine("Authorization", "Basic \(token)")]
        #expect(desk.call(method, path)?.status == 401)
        desk.headers = [HeaderLine("Authorization", "Bearer \(token)x")]
        #expect(desk.call(method, path)?.status == 401)
        desk.headers = [HeaderLine("Authorization", "Bearer \(token)")]
        #expect(desk.call(method, path)?.status != 401)
    }

    @Test("the frames are the documented ones")
    func frames() {
        let reply = CertificallDesk.loggedIn().call("GET", "/certificall/api/frames")
        #expect(
            reply?.bodyText == #"[{"id":1,"name":"Visual Inspection","steps":[{"id":10,"title":"Equipment photo","#
                + #""description":"Take a photo of the equipment to inspect"},{"id":11,"title":"General condition","#
                + #""description":"Evaluate the general condition of the equipment"}]},"#
                + #"{"id":2,"name":"Technical Inspection","steps":[{"id":20,"title":"Electrical verification","#
                + #""description":"Check electrical installations"}]}]"#)
    }

    @Test("paths that are not Certificall's are not answered; unknown calls are")
    func others() {
        let desk = CertificallDesk.loggedIn()
        #expect(desk.call("GET", "/") == nil)
        #expect(desk.call("GET", "/certificall") == nil)
        #expect(desk.call("DELETE", "/certificall/app?mt=x") == nil)
        #expect(desk.call("POST", "/email-link/send") == nil)
        #expect(desk.message(404, desk.json("GET", "/certificall/api/x")) == "Cannot GET /certificall/api/x")
        #expect(desk.message(404, desk.json("GET", "/certilink/create")) == "Cannot GET /certilink/create")
        #expect(desk.message(404, desk.json("GET", "/certificall/api")) == "Cannot GET /certificall/api")
    }
}
