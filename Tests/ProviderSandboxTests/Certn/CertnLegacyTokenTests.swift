import Foundation
import Testing

@testable import ProviderSandbox

@Suite("Certn legacy: tokens and users")
struct CertnLegacyTokenTests {
    private let denied: JSON = ["detail": "Authentication credentials were not provided."]

    @Test("the right credentials get a token of ten hours")
    func grants() {
        var bench = CertnBench.legacy
        let reply = bench.token()
        #expect(reply.status == 200)
        #expect(reply.certnJSON["expires_in"] == 36_000)
        #expect(reply.certnJSON["token_type"] == "Bearer")
        #expect(reply.certnJSON["scope"]?.string?.isEmpty == false)
        #expect(reply.certnJSON["access_token"]?.string?.count == 40)
    }

    @Test(
        "wrong credentials are an invalid client",
        arguments: [("sandbox-client", "wrong"), ("wrong", "sandbox-client-secret"), ("", "")])
    func refusesCredentials(user: String, password: String) {
        var bench = CertnBench.legacy
        let reply = bench.token(user: user, password: password)
        #expect(reply.status == 401)
        #expect(reply.certnJSON == ["error": "invalid_client"])
    }

    @Test("no credentials are an invalid client, no form is an unsupported grant, GET is not allowed")
    func refusesIncomplete() {
        var bench = CertnBench.legacy
        let without = bench.call("POST", "/token/", text: "grant_type=client_credentials")
        #expect(without.status == 401)
        #expect(without.certnJSON == ["error": "invalid_client"])
        let empty = bench.call("POST", "/token/")
        #expect(empty.status == 400)
        #expect(bench.token(grant: "password").certnJSON == ["error": "unsupported_grant_type"])
        #expect(bench.token(grant: "password").status == 400)
        #expect(bench.call("GET", "/token/").status == 405)
    }

    @Test("a token is good to the last second of its life, and not after it")
    func expires() {
        var bench = CertnBench.legacy
        let header = HeaderLine("Authorization", "Bearer \(bench.token().certnJSON["access_token"]?.string ?? "")")
        bench.now += 35_999
        #expect(bench.call("GET", "/api/v1/users/", headers: [header]).status == 200)
        bench.now += 1
        let reply = bench.call("GET", "/api/v1/users/", headers: [header])
        #expect(reply.status == 401)
        #expect(reply.certnJSON == denied)
        #expect(reply.headers.firstValue(of: "WWW-Authenticate")?.contains("expired") == true)
    }

    @Test("no token, a token made up and another scheme are not let in", arguments: [nil, "Bearer x", "Token x"])
    func refusesToken(value: String?) {
        var bench = CertnBench.legacy
        let headers = value.map { [HeaderLine("Authorization", $0)] } ?? []
        let reply = bench.call("GET", "/api/v1/users/", headers: headers)
        #expect(reply.status == 401)
        #expect(reply.certnJSON == denied)
    }

    @Test("the users are one page with the account's one user")
    func users() {
        var bench = CertnBench.legacy
        let reply = bench.authorized("GET", "/api/v1/users/")
        #expect(reply.status == 200)
        #expect(reply.certnJSON["count"] == 1)
        #expect(reply.certnJSON["next"] == .null)
        #expect(reply.certnJSON["previous"] == .null)
        let user = reply.certnJSON["results"]?.elements?.first
        #expect(user?["id"] == .string(CertnBench.userID))
        #expect(user?["email"] == "ana.souza@example.com")
        #expect(bench.authorized("GET", "/api/v1/users/?page=2").status == 404)
        #expect(bench.authorized("GET", "/api/v1/users/?page=x").certnJSON == ["detail": "Invalid page."])
        #expect(bench.authorized("POST", "/api/v1/users/").status == 405)
    }

    @Test(
        "paths of others are left to them", arguments: ["/", "/data/v1/auth", "/api/public/cases/", "/email-link/send"])
    func others(target: String) {
        var bench = CertnBench.legacy
        let request = APIRequest(method: "GET", target: target)
        #expect(bench.inWorld { $0.answer(request, &$1) } == nil)
    }
}
