import Deliveries
import Foundation
import StrictJSON
import Testing

@testable import ProviderSandbox

@Suite("Klavi's tokens")
struct KlaviAuthTests {
    @Test("the account's keys return a token for 1800 s in the documented layout")
    func logsIn() {
        let session = KlaviDesk.open()
        let reply = session.call(
            "POST", "/data/v1/auth", ["accessKey": "sandbox-access-key", "secretKey": "klavi-test-secret"])
        #expect(reply.status == 200)
        #expect(reply.text.wholeMatch(of: /\{"accessToken":"[A-Za-z0-9_-]{64}","expireIn":1800\}/) != nil)
    }

    @Test(
        "wrong keys get the documented 401",
        arguments: [
            ("sandbox-access-key", "wrong"), ("wrong", "klavi-test-secret"),
            ("klavi-test-secret", "sandbox-access-key"),
        ])
    func rejectsKeys(accessKey: String, secretKey: String) {
        let session = KlaviDesk.open()
        let reply = session.call(
            "POST", "/data/v1/auth", ["accessKey": .string(accessKey), "secretKey": .string(secretKey)])
        #expect(reply.status == 401)
        #expect(
            reply.text
                == #"{"statusCode":401,"error":"Unauthorized","message":"Invalid accessKey or secretKey"}"#)
    }

    @Test("the 400 response lists missing keys and keys of the wrong type")
    func rejectsFields() {
        let session = KlaviDesk.open()
        let reply = session.call("POST", "/data/v1/auth", ["accessKey": 5])
        #expect(reply.status == 400)
        #expect(
            reply.json
                == klaviError(
                    400, "Bad Request",
                    [
                        "accessKey must be a string", "secretKey should not be empty", "secretKey must be a string",
                    ]))
    }

    @Test("a token expires after 1800 s of the sandbox's clock")
    func expires() {
        let session = KlaviDesk.open()
        let first = session.logIn()
        session.now += 1799
        let second = session.logIn()
        session.now += 1
        let late = session.call("POST", "/data/v1/links", [:], token: first)
        #expect(late.status == 401)
        #expect(late.json == klaviError(401, "Unauthorized", "Access token expired"))
        #expect(session.call("POST", "/data/v1/links", [:], token: second).status == 200)
    }

    @Test(
        "every call that needs an access token rejects a missing token, an unknown token and a link token",
        arguments: [
            ("POST", "links"), ("GET", "consents"), ("DELETE", "consents/x/revoke"), ("POST", "personal/user-data"),
            ("POST", "personal/institution-data"), ("POST", "business/user-data"),
            ("POST", "business/institution-data"),
        ])
    func requiresToken(method: String, path: String) {
        let session = KlaviDesk.open()
        let link = session.link()
        for token in [nil, "unknown", link.token] {
            let reply = session.call(method, "/data/v1/" + path, [:], token: token)
            #expect(reply.status == 401)
            #expect(reply.json["error"] == "Unauthorized")
            #expect(reply.json["statusCode"] == 401)
        }
    }

    @Test("unknown paths below the base path get 404, and other paths are not handled")
    func knowsItsPaths() {
        let session = KlaviDesk.open()
        let access = session.logIn()
        for (method, target) in [
            ("GET", "/data/v1/nothing"), ("PUT", "/data/v1/links"), ("GET", "/data/v1/auth"), ("GET", "/data/v1"),
            ("POST", "/data/v1/personal/other-data"), ("POST", "/data/v1/consents/a/b/c"),
        ] {
            let reply = session.call(method, target, [:], token: access)
            #expect(reply.status == 404)
            #expect(reply.json["message"] == .string("Cannot \(method) \(target)"))
        }
        for target in ["/api/v2/applicants/", "/data/v2/auth", "/"] {
            #expect(session.call("GET", target).status == 0)
        }
    }
}
