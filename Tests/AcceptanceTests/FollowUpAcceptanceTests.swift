import Foundation
import StrictJSON
import TestKit
import Testing

@Suite("Follow-ups of deliveries", .programs)
struct FollowUpAcceptanceTests {
    private static let on = "follow-up: true, poll: 1s"

    // MARK: Certn Centric

    /// Creates a case, completes its checks and returns its ID.
    private func completeCase(_ fakes: FakeBench) throws -> String {
        let link = try fakes.create(
            "certn-centric", "--email", "ana@example.com", "--check", "IDENTITY_VERIFICATION_1", "--given-name", "Ana",
            "--family-name", "Souza", "--date-of-birth", "1990-02-28")
        try succeed(fakes.sandbox("advance", "10s"))
        try fakes.idle()
        return try #require(link["keys"]?["object_id"]?.string)
    }

    /// The report as the sandbox returns it.
    private func report(of caseID: String, _ fakes: FakeBench) throws -> [UInt8] {
        let key = ["Authorization: Api-Key sk_test_sandbox"]
        let made = try fakes.callJSON(
            "POST", "/api/public/cases/\(caseID)/generate-report/", headers: key, body: #"{"language":"en-CA"}"#)
        #expect(made.status == 201)
        let id = try #require(made.json["case_report_file_id"]?.string)
        try succeed(fakes.sandbox("advance", "5s"))
        let file = try fakes.callJSON("GET", "/api/public/cases/report-files/\(id)/", headers: key)
        let url = try #require(file.json["pdf_url"]?.string)
        return try fakes.call("GET", String(url.dropFirst(fakes.sandbox.url.count))).body
    }

    @Test("Centric: after CASE_REPORT_READY, the case and its report are fetched, the report only once and unchanged")
    func centric() throws {
        let fakes = try FakeBench(apis: ["certn-centric": Self.on])
        let server = try fakes.serve()
        try fakes.register(["certn-centric"], with: server)
        let caseID = try completeCase(fakes)
        #expect(try fakes.reports("--type", "case").isEmpty)
        try succeed(fakes.sandbox("trigger", "certn-centric.CASE_REPORT_READY", "--reference", caseID, "--wait"))
        try server.waitForLog("follow-up done", "task=centric-report")
        #expect(try fakes.reports("--type", "case_report", "--field", "object_id=\(caseID)").count == 1)
        let cases = try fakes.reports("--type", "case", "--field", "overall_status=COMPLETE")
        #expect(cases.first?["verification"]?.string == "fetched")
        let fetched = try #require(try fakes.reports("--type", "case_report").first)
        #expect(fetched["verification"]?.string == "fetched")
        let body = try fakes.callbox("show", try #require(fetched["id"]?.rawText), "--body").output
        #expect(body.starts(with: Array("%PDF-".utf8)))
        // The request for the report causes a second CASE_REPORT_READY. Callbox then fetches the case again, but not
        // the report.
        try fakes.idle()
        let ready = try fakes.reports("--type", "CASE_REPORT_READY")
        #expect(ready.count == 2)
        try server.waitForLog("follow-up done", "task=centric-case", count: 2)
        #expect(server.logCount("follow-up done", "task=centric-report") == 1)
        #expect(try server.stop() == 0)

        let given = try report(of: caseID, fakes)
        #expect(body == given)
    }

    @Test("an unverified notification causes no API call")
    func unproven() throws {
        let fakes = try FakeBench(apis: ["certn-centric": Self.on])
        let server = try fakes.serve()
        try fakes.register(["certn-centric"], with: server)
        let caseID = try completeCase(fakes)
        let sent = try fakes.sandbox(
            "trigger", "certn-centric.CASE_REPORT_READY", "--reference", caseID, "--fault", "wrong-signature", "--wait")
        #expect(sent.status == 1)
        #expect(sent.text.contains("401"))
        // The verified notification arrives after the forged one. When the follow-up of the verified notification is
        // done, the server has skipped the forged one.
        try succeed(fakes.sandbox("trigger", "certn-centric.CASE_REPORT_READY", "--reference", caseID, "--wait"))
        try server.waitForLog("follow-up done", "task=centric-report")
        // The request for the report causes another notification. The case is fetched once for each of these two
        // notifications, and never for the forged one.
        try fakes.idle()
        try server.waitForLog("follow-up done", "task=centric-case", count: 2)
        #expect(try fakes.reports("--type", "CASE_REPORT_READY").count == 2)
        #expect(try server.stop() == 0)
    }

    // MARK: EZiD

    /// Logs a user in and returns the fetched claims.
    private func claims(_ fakes: FakeBench, _ server: RunningServer) throws -> (id: String, body: JSONValue) {
        try succeed(fakes.sandbox("trigger", "ezid.redirect", "--to", "\(server.url)/ezid/auth", "--wait"))
        try server.waitForLog("follow-up done", "task=ezid-claims")
        let report = try #require(try fakes.reports("--type", "claims").first)
        #expect(report["verification"]?.string == "fetched")
        let id = try #require(report["id"]?.rawText)
        return (id, try JSONDocument(parsing: try fakes.callbox("show", id, "--body").output).root)
    }

    @Test("EZiD: with the right public key the claims are verified, and no token is stored")
    func ezid() throws {
        let fakes = try FakeBench(apis: ["ezid": Self.on + ", public-key: {file: ezid.pem}"])
        let key = try fakes.call("GET", "/ezid/public-key.pem")
        _ = try fakes.bench.file("ezid.pem", String(decoding: key.body, as: UTF8.self))
        let server = try fakes.serve()
        let (id, body) = try claims(fakes, server)
        #expect(body["id_token"]?["verified"]?.boolean == true)
        #expect(body["access_token"]?["verified"]?.boolean == true)
        #expect(body["id_token"]?["claims"]?["email"]?.string == "ana.souza@example.com")
        #expect(body["refresh_token"]?["given"]?.boolean == true)
        // The output must not contain a token. A JWT starts with the base64 of `{"`. A refresh token is a UUID, but the
        // only UUID in the body is that of the code.
        for flags in [["--body"], ["--format", "json"]] {
            let shown = try fakes.callbox(["show", id] + flags).text
            #expect(!shown.contains("eyJ"), "\(flags)")
        }
        let uuid = try #require(body["uuid"]?.string)
        let refresh = try #require(body["refresh_token"]).rawText
        #expect(refresh == #"{"given":true}"#)
        #expect(try fakes.reports("--type", "redirect", "--field", "uuid=\(uuid)").count == 1)
        #expect(!server.logText.contains("eyJ"))
        #expect(try server.stop() == 0)
    }

    @Test("EZiD: with a different key the claims are stored as unverified, with the reason")
    func ezidWrongKey() throws {
        let fakes = try FakeBench(apis: ["ezid": Self.on + ", public-key: {file: ezid.pem}"])
        // Each sandbox creates its own key.
        let other = try FakeBench()
        let key = try other.call("GET", "/ezid/public-key.pem")
        _ = try fakes.bench.file("ezid.pem", String(decoding: key.body, as: UTF8.self))
        let server = try fakes.serve()
        let (_, body) = try claims(fakes, server)
        #expect(body["id_token"]?["verified"]?.boolean == false)
        #expect(body["id_token"]?["rejection"]?.string == "its signature does not match the key")
        #expect(try server.stop() == 0)
    }

    // MARK: Certn legacy

    private static let quickscreen = [
        "--check", "softcheck", "--first-name", "Ana", "--last-name", "Souza", "--address", "1006 Fort St", "--city",
        "Victoria", "--province-state", "BC", "--country", "CA", "--location-address", "2680 Blanshard St",
        "--location-city", "Victoria", "--location-province-state", "BC", "--location-country", "CA",
    ]

    private func quickscreen(_ fakes: FakeBench) throws -> String {
        let result = try fakes.callbox(["links", "create", "certn"] + Self.quickscreen + ["--format", "json"])
        try succeed(result)
        return try #require(try JSONDocument(parsing: result.output).root["keys"]?["id"]?.string)
    }

    @Test("Certn legacy: a finished applicant is found by polling if no webhook arrives")
    func certnLegacy() throws {
        let fakes = try FakeBench(apis: ["certn-legacy": Self.on])
        let server = try fakes.serve()
        let applicant = try quickscreen(fakes)
        // At least one request was too early, and no report was archived for it.
        try server.waitForLog("follow-up will be retried", "task=certn-applicant")
        #expect(try fakes.reports().isEmpty)
        try succeed(fakes.sandbox("advance", "1m"))
        try server.waitForLog("follow-up done", "task=certn-applicant")
        #expect(try fakes.reports("--field", "report_status=COMPLETE").count == 1)
        let report = try #require(try fakes.reports("--field", "id=\(applicant)").first)
        #expect(report["verification"]?.string == "fetched")
        #expect(try fakes.callbox("links", "list", "--pending").status == 0)
        #expect(try server.stop() == 0)
    }

    // MARK: Certificall

    @Test("Certificall: a certificate whose webhook was lost is found among the closed cases")
    func certificall() throws {
        let fakes = try FakeBench(apis: ["certificall": Self.on])
        let server = try fakes.serve()
        try fakes.register(["certificall"], with: server)
        // The webhook of this certificate arrives, so the certificate must not be fetched.
        try succeed(fakes.sandbox("trigger", "certificall.certificate", "--reference", "case-000", "--wait"))
        try succeed(fakes.sandbox("fault", "drop", "--on", "certificall.*"))
        try succeed(fakes.sandbox("trigger", "certificall.certificate", "--reference", "case-001"))
        try fakes.idle()
        try server.waitForLog("follow-up done", "task=certificall-report")
        let fetched = try fakes.reports("--field", "reportId=case-001")
        #expect(fetched.map { $0["verification"]?.string } == ["fetched"])
        let delivered = try fakes.reports("--field", "reportId=case-000")
        #expect(delivered.map { $0["verification"]?.string } == ["verified"])
        #expect(try server.stop() == 0)
    }

    // MARK: In general

    @Test("no provider is called without 'follow-up: true'")
    func off() throws {
        let fakes = try FakeBench()
        let server = try fakes.serve()
        try fakes.register(["certn-centric", "certificall"], with: server)
        let caseID = try completeCase(fakes)
        let apis = ["certn-centric", "ezid", "certificall", "certn-legacy"]
        let before = try apis.map { try fakes.callCount($0) }
        try succeed(fakes.sandbox("trigger", "certn-centric.CASE_REPORT_READY", "--reference", caseID, "--wait"))
        try succeed(fakes.sandbox("trigger", "ezid.redirect", "--to", "\(server.url)/ezid/auth", "--wait"))
        #expect(try fakes.reports("--type", "redirect").count == 1)
        #expect(try server.stop() == 0)
        #expect(try apis.map { try fakes.callCount($0) } == before)
        #expect(!server.logText.contains("follow-ups started"))
        #expect(try fakes.reports("--type", "case").isEmpty)
    }

    @Test("calls to a provider that is down are logged and retried after pauses, and the server keeps responding")
    func down() throws {
        // No process listens at the configured port of the APIs.
        let nobody = try freePort()
        let fakes = try FakeBench(apis: ["ezid": Self.on], apiPort: nobody)
        let server = try fakes.serve()
        try succeed(fakes.sandbox("trigger", "ezid.redirect", "--to", "\(server.url)/ezid/auth", "--wait"))
        try server.waitForLog("follow-up failed and will be retried")
        try succeed(fakes.sandbox("trigger", "klavi.link_created", "--to", "\(server.url)/klavi", "--wait"))
        #expect(try fakes.reports("--type", "link_created").count == 1)
        // A code is valid for only a few minutes, so the follow-up is abandoned after three tries.
        try server.waitForLog("follow-up abandoned")
        #expect(server.logCount("follow-up failed and will be retried", "task=ezid-claims") == 2)
        #expect(try fakes.reports("--type", "claims").isEmpty)
        #expect(try server.stop() == 0)
    }

    @Test("a restart neither loses nor repeats a follow-up")
    func restart() throws {
        let on = ["certn-centric": Self.on, "ezid": Self.on]
        // The claims cannot be fetched before the server stops.
        let nowhere = "http://127.0.0.1:\(try freePort())"
        let fakes = try FakeBench(apis: ["certn-centric": Self.on, "ezid": "url: \"\(nowhere)\", \(Self.on)"])
        let server = try fakes.serve()
        let port = server.port
        try fakes.register(["certn-centric"], with: server)
        let caseID = try completeCase(fakes)
        try succeed(fakes.sandbox("trigger", "certn-centric.CASE_REPORT_READY", "--reference", caseID, "--wait"))
        try server.waitForLog("follow-up done", "task=centric-report")
        try fakes.idle()
        try server.waitForLog("follow-up done", "task=centric-case", count: 2)
        let centricCalls = try fakes.callCount("certn-centric")
        try succeed(fakes.sandbox("trigger", "ezid.redirect", "--to", "\(server.url)/ezid/auth", "--wait"))
        try server.waitForLog("follow-up failed and will be retried", "task=ezid-claims")
        server.kill()

        try fakes.configure(apis: on)
        let again = try fakes.serve(port: port)
        try again.waitForLog("follow-up done", "task=ezid-claims")
        // When the follow-up of this second login is done, all follow-ups that were due before are done, too.
        try succeed(fakes.sandbox("trigger", "ezid.redirect", "--to", "\(again.url)/ezid/auth", "--wait"))
        try again.waitForLog("follow-up done", "task=ezid-claims", count: 2)
        #expect(try fakes.reports("--type", "redirect").count == 2)
        #expect(try fakes.reports("--type", "claims").count == 2)
        #expect(try fakes.callCount("certn-centric") == centricCalls)
        #expect(try fakes.reports("--type", "case_report").count == 1)
        #expect(try again.stop() == 0)
    }
}

/// A free port of this machine.
func freePort() throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
        }
    }
    guard isBound else { throw Unsuccessful(text: "no port is free") }
    return Int(UInt16(bigEndian: address.sin_port))
}
