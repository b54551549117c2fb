import Deliveries
import Foundation
import StrictJSON
import Testing

@testable import ProviderSandbox

@Suite("Certn legacy: tokens and users")
struct CertnLegacyTokenTests {
    private let denied: JSON = ["detail": "Authentication credentials were not provided."]

    @Test("correct credentials get a token for ten hours")
    func grants() {
        let bench = LegacyDesk.open()
        let reply = bench.token()
        #expect(reply.status == 200)
        #expect(reply.json["expires_in"] == 36_000)
        #expect(reply.json["token_type"] == "Bearer")
        #expect(reply.json["scope"]?.string?.isEmpty == false)
        #expect(reply.json["access_token"]?.string?.count == 40)
    }

    @Test("missing credentials, a wrong grant type and GET get the documented errors")
    func rejectsIncomplete() {
        let bench = LegacyDesk.open()
        let without = bench.call("POST", "/token/", text: "grant_type=client_credentials")
        #expect(without.status == 401)
        #expect(without.json == ["error": "invalid_client"])
        let empty = bench.call("POST", "/token/")
        #expect(empty.status == 400)
        #expect(bench.token(grant: "password").json == ["error": "unsupported_grant_type"])
        #expect(bench.token(grant: "password").status == 400)
        #expect(bench.call("GET", "/token/").status == 405)
    }

    @Test("a token is valid until the last second of its lifetime, but no longer")
    func expires() {
        let bench = LegacyDesk.open()
        let header = HeaderField("Authorization", "Bearer \(bench.token().json["access_token"]?.string ?? "")")
        bench.now += 35_999
        #expect(bench.call("GET", "/api/v1/users/", headers: [header]).status == 200)
        bench.now += 1
        let reply = bench.call("GET", "/api/v1/users/", headers: [header])
        #expect(reply.status == 401)
        #expect(reply.json == denied)
        #expect(reply.headers.value(of: "WWW-Authenticate")?.contains("expired") == true)
    }

    @Test(
        "a missing token, an unknown token and an unknown scheme are rejected", arguments: [nil, "Bearer x", "Token x"])
    func rejectsToken(value: String?) {
        let bench = LegacyDesk.open()
        let headers = value.map { [HeaderField("Authorization", $0)] } ?? []
        let reply = bench.call("GET", "/api/v1/users/", headers: headers)
        #expect(reply.status == 401)
        #expect(reply.json == denied)
    }

    @Test("the list of users is one page with the only user of the account")
    func users() {
        let bench = LegacyDesk.open()
        let reply = bench.authorized("GET", "/api/v1/users/")
        #expect(reply.status == 200)
        #expect(reply.json["count"] == 1)
        #expect(reply.json["next"] == .null)
        #expect(reply.json["previous"] == .null)
        let user = reply.json["results"]?.elements?.first
        #expect(user?["id"] == .string(LegacyDesk.userID))
        #expect(user?["email"] == "ana.souza@example.com")
        #expect(bench.authorized("GET", "/api/v1/users/?page=2").status == 404)
        #expect(bench.authorized("GET", "/api/v1/users/?page=x").json == ["detail": "Invalid page."])
        #expect(bench.authorized("POST", "/api/v1/users/").status == 405)
    }
}
