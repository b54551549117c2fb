import Foundation
import StrictJSON
import TestKit
import Testing

@Suite("Errors of providers in the output of commands", .programs)
struct ProviderErrorAcceptanceTests {
    /// Expects that a command fails with this message.
    private func expect(
        _ result: BuiltBinary.Result, status: Int32, says texts: String...,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(result.status == status, "\(result.text)\(result.error)", sourceLocation: sourceLocation)
        for text in texts {
            #expect(result.error.contains(text), "\(result.error)", sourceLocation: sourceLocation)
        }
    }

    /// A command that logs in, and the environment variable that contains its credentials.
    static let logins: [(variable: String, command: [String])] = [
        ("CALLBOX_KLAVI_SECRET_KEY", ["klavi"]),
        (
            "CALLBOX_CERTN_LEGACY_CLIENT_SECRET",
            ["certn", "--invite", "--email", "a@example.com", "--check", "softcheck"]
        ),
        (
            "CALLBOX_CERTN_CENTRIC_API_KEY",
            [
                "certn-centric", "--email", "a@example.com", "--check", "IDENTITY_VERIFICATION_1",
                "--return-invite-link",
            ]
        ),
        ("CALLBOX_EZID_CLIENT_SECRET", ["ezid", "--email", "a@example.com", "--base-url", "http://127.0.0.1:8787"]),
        ("CALLBOX_CERTIFICALL_PASSWORD", ["certilink", "--frame", "1", "--report-token", "case-001"]),
    ]

    @Test("the error for wrong credentials does not quote them, and correct credentials work")
    func credentials() throws {
        let fakes = try FakeBench()
        for (variable, command) in Self.logins {
            let wrong = try fakes.callbox(["links", "create"] + command, environment: [variable: "not-the-right-one"])
            #expect(wrong.status == 1, "\(command): \(wrong.text)\(wrong.error)")
            #expect(wrong.error.contains("the provider rejected the request (40"), "\(command): \(wrong.error)")
            #expect(!(wrong.text + wrong.error).contains("not-the-right-one"))
            let right = try fakes.callbox(["links", "create"] + command)
            #expect(right.status == 0, "\(command): \(right.error)")
        }
        // Rejected links are listed as failed, not as pending. Certn's legacy API already rejected the first call,
        // which looks up the owner, so Callbox requested no link from it.
        let failed = try fakes.callbox("links", "list", "--state", "failed", "--format", "ndjson")
        #expect(failed.lines.count == Self.logins.count - 1, "\(failed.text)\(failed.error)")
    }

    @Test("the error for a missing credential names its environment variable, and no call is made")
    func missingCredential() throws {
        let fakes = try FakeBench()
        let result = try fakes.callbox(["links", "create", "klavi"], environment: ["CALLBOX_KLAVI_SECRET_KEY": ""])
        expect(result, status: 78, says: "CALLBOX_KLAVI_SECRET_KEY")
        #expect(try fakes.callCount("klavi") == 0)
    }

    @Test("--dry-run prints the request without secrets and sends no request")
    func dryRun() throws {
        let fakes = try FakeBench()
        for (_, command) in Self.logins {
            let result = try fakes.callbox(["links", "create"] + command + ["--dry-run"])
            #expect(result.status == 0, "\(result.error)")
            #expect(result.text.contains("http://127.0.0.1:\(fakes.sandbox.port)"), "\(result.text)")
            for (name, secret) in FakeBench.secrets where !Self.isPublic(name) {
                #expect(!(result.text + result.error).contains(secret), "\(command) shows \(name): \(result.text)")
            }
        }
        for provider in ["klavi", "certn-legacy", "certn-centric", "ezid", "certificall"] {
            #expect(try fakes.callCount(provider) == 0)
        }
    }

    /// True if the variable contains an account identifier. It is not a secret, because URLs and logs contain it.
    private static func isPublic(_ name: String) -> Bool {
        name.hasSuffix("_CLIENT_ID") || name.hasSuffix("_USERNAME")
    }

    @Test("an API that does not respond is reported as unavailable, and the link remains listed")
    func unreachable() throws {
        let fakes = try FakeBench(apiPort: try freePort())
        for (_, command) in Self.logins {
            let result = try fakes.callbox(["links", "create"] + command)
            #expect(result.status == 69, "\(command): \(result.text)\(result.error)")
        }
    }

    // MARK: Klavi

    @Test("a productsCallbackURL with 'all' and another key is rejected before a request is sent")
    func allExcludesOtherKeys() throws {
        let fakes = try FakeBench()
        let result = try fakes.callbox(
            "links", "create", "klavi", "--callback", "all=https://cb.example.com/a", "--callback",
            "other=https://cb.example.com/b")
        expect(result, status: 64, says: #""all" must be the only key"#)
        #expect(try fakes.callCount("klavi") == 0)
    }

    @Test("Klavi's error codes are shown with advice")
    func businessCode() throws {
        let fakes = try FakeBench()
        let result = try fakes.callbox("links", "create", "klavi", "--institution-code", "no-such-bank")
        expect(result, status: 1, says: "416", "4004", "Check institutionCode against the list of institutions")
        let known = try fakes.callbox("links", "create", "klavi", "--institution-code", "033")
        #expect(known.status == 0, "\(known.error)")
    }

    @Test("an expired token is renewed once, without a message")
    func renewal() throws {
        let fakes = try FakeBench(apis: ["klavi": "token-file: tokens.json"])
        _ = try fakes.create("klavi")
        let first = try fakes.callCount("klavi")
        #expect(first == 2, "a login and a call")
        _ = try fakes.create("klavi")
        #expect(try fakes.callCount("klavi") == 3, "the stored token is used again")
        try succeed(fakes.sandbox("advance", "31m"))
        let again = try fakes.callbox("links", "create", "klavi")
        #expect(again.status == 0, "\(again.error)")
        #expect(again.error.isEmpty, "\(again.error)")
        #expect(try fakes.callCount("klavi") == 6, "a rejected call, a login, and the call again")
        let path = fakes.bench.folder.appending(path: "tokens.json").path()
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
    }

    // MARK: Certificall

    @Test("an unknown frame is reported with Certificall's message")
    func unknownFrame() throws {
        let fakes = try FakeBench()
        let result = try fakes.callbox("links", "create", "certilink", "--frame", "999999")
        expect(result, status: 1, says: "the provider rejected the request (4")
    }

    // MARK: Certn

    @Test("Centric: an endpoint that fails its challenge is disabled, and a trigger reports the reason")
    func disabledEndpoint() throws {
        let fakes = try FakeBench()
        let server = try fakes.serve()
        // This path has no source, so Callbox does not echo the challenge.
        try succeed(fakes.sandbox("register", "certn-centric", "\(server.url)/nowhere"))
        try fakes.idle()
        let rejected = try fakes.sandbox("trigger", "certn-centric.CASE_STATUS_CHANGED", "--wait")
        expect(rejected, status: 1, says: "is disabled: the challenge failed")
        try fakes.register(["certn-centric"], with: server)
        try succeed(fakes.sandbox("trigger", "certn-centric.CASE_STATUS_CHANGED", "--wait"))
    }

    @Test("the error for a request that Centric rejects contains Centric's reason")
    func certnFields() throws {
        let fakes = try FakeBench()
        let centric = try fakes.callbox(
            "links", "create", "certn-centric", "--email", "a@example.com", "--check", "NO_SUCH_CHECK",
            "--return-invite-link")
        expect(centric, status: 1, says: "the provider rejected the request (400", "NO_SUCH_CHECK")
    }

    // MARK: EZiD

    /// A new link and the code in its URL.
    private func code(_ fakes: FakeBench, _ server: RunningServer) throws -> (link: String, code: String) {
        let link = try fakes.create(
            "ezid", "--email", "ana@example.com", "--base-url", server.url, "--push-email", "no")
        let url = try #require(link["emailLink"]?.string)
        let query = try #require(URLComponents(string: url)?.queryItems)
        return (url, try #require(query.first { $0.name == "code" }?.value))
    }

    private func verify(_ code: String, _ fakes: FakeBench) throws -> (status: Int, json: JSONValue) {
        try fakes.callJSON(
            "POST", "/email-link/verify",
            body: """
                {"client_id":"ezid-sandbox-client","client_secret":"ezid-sandbox-secret","auth_code":"\(code)"}
                """)
    }

    @Test("EZiD: if the code was already used, the follow-up is abandoned with this reason")
    func usedCode() throws {
        let fakes = try FakeBench(apis: ["ezid": "follow-up: true, poll: 1s"])
        let server = try fakes.serve()
        let (link, code) = try code(fakes, server)
        #expect(try verify(code, fakes).status == 200)
        let visit = try LoopbackHTTP(port: server.port).get(String(link.dropFirst(server.url.count)))
        #expect(visit.status == 200)
        try server.waitForLog("follow-up abandoned")
        #expect(server.logText.contains("the provider responded with status 400"), "\(server.logText)")
        #expect(!server.logText.contains(code))
        #expect(try fakes.reports("--type", "claims").isEmpty)
        #expect(try server.stop() == 0)
    }
}
