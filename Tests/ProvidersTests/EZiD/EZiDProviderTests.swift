import Deliveries
import Foundation
import Providers
import Testing

@Suite("EZiD's magic links")
struct EZiDProviderTests {
    private let provider = EZiDProvider()

    /// A code with these claims. The signature of the code cannot be checked.
    private func code(_ claims: String) -> String {
        let parts = [#"{"alg":"HS256","typ":"JWT"}"#, claims, "signature"].map {
            Data($0.utf8).base64EncodedString().replacingOccurrences(of: "+", with: "-")
                .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
        }
        return parts.joined(separator: ".")
    }

    @Test("a GET with a code is a redirect, and any other request is a handshake")
    func screening() throws {
        let redirects = try RedirectPolicy(allowed: ["https://app.example.com"], landing: nil)
        func screen(_ method: String, _ target: String) -> Screening {
            provider.screen(.with(method: method, target: target), redirects: redirects)
        }
        guard case .redirect(let response) = screen("GET", "/ezid?code=x") else {
            Issue.record("the code is not handled as a browser redirect")
            return
        }
        #expect(response.status == 200)
        guard
            case .redirect(let redirect) = screen("GET", "/ezid?code=x&callback_url=https%3A%2F%2Fapp.example.com%2Fa")
        else {
            Issue.record("the code is not handled as a browser redirect")
            return
        }
        #expect(redirect.status == 303)
        #expect(HeaderFields(redirect.headers).onlyValue(named: "Location") == "https://app.example.com/a")
        for target in [
            "/ezid", "/ezid?code=", "/ezid?code", "/ezid?Code=x", "/ezid?callback_url=https%3A%2F%2Fapp.example.com",
        ] {
            guard case .handshake(let response, let event) = screen("GET", target) else {
                Issue.record("\(target) is not greeted")
                continue
            }
            #expect(response.status == 400)
            #expect(event == "redirect without a code")
        }
        for method in ["HEAD", "POST", "PUT", "OPTIONS"] {
            guard case .handshake(let response, _) = screen(method, "/ezid?code=x") else {
                Issue.record("\(method) is not greeted")
                continue
            }
            #expect(response.status == (method == "HEAD" ? 200 : 405))
            #expect(HeaderFields(response.headers).onlyValue(named: "Allow") == (method == "HEAD" ? nil : "GET, HEAD"))
        }
    }

    @Test("no secret verifies a redirect")
    func verification() {
        let secrets = ProviderCatalog.standard.descriptors.flatMap(\.secretPurposes).map {
            Secret(name: "s", purpose: $0, identity: "i", bytes: [1])
        }
        #expect(provider.verify(.with(method: "GET", target: "/ezid?code=x"), with: secrets) == .failed(.missing))
        #expect(provider.secretPurposes.isEmpty)
    }

    @Test("a code is identified by its uuid, so a second redirect with the same code is another attempt")
    func key() {
        let one = provider.parse(target: "/?code=\(code(#"{"uuid":"u-1","iat":1700000000}"#))")
        let two = provider.parse(target: "/?login_hint=a%40example.com&code=\(code(#"{"uuid":"u-1"}"#))")
        #expect(one.map(\.dedupeKey) == ["code:u-1"])
        #expect(two.map(\.dedupeKey) == ["code:u-1"])
        #expect(one.map(\.providerTime) == [.vectors])
        #expect(two.map(\.providerTime) == [nil])
        #expect(two.map { $0.values(of: "login_hint") } == [["a@example.com"]])
    }

    @Test(
        "a code that is not a token is identified by its digest and never shown",
        arguments: [
            "abc", "a.b.c", "..", "a..c", "e30.e30", "e30.e30.e30.e30", "e30.bnVsbA.x", "e30.W10.x", "e30.e3%3D.x",
            "e30.eyJ1.x", "%00", "é.é.é",
        ])
    func noToken(_ code: String) throws {
        let reports = provider.parse(target: "/?code=\(code)")
        let report = try #require(reports.first)
        #expect(reports.count == 1)
        #expect(report.type == "redirect")
        #expect(report.dedupeKey.hasPrefix("code:sha256:") && report.dedupeKey.utf8.count == 76)
        #expect(report.problem == "the code is not a JSON Web Token")
        #expect(report.fields.isEmpty)
    }

    @Test(
        "a token without a usable uuid is identified by its digest",
        arguments: ["{}", #"{"uuid":""}"#, #"{"uuid":null}"#, #"{"uuid":[]}"#])
    func noUUID(_ claims: String) {
        let reports = provider.parse(target: "/?code=\(code(claims))")
        #expect(reports.map(\.dedupeKey) == ["code:sha256:" + TestCode.sha256Hex(code(claims))])
        #expect(reports.map(\.problem) == [nil])
    }

    @Test(
        "an issue time that is not a number of seconds is ignored",
        arguments: [
            "-1", "1e9", "1700000000.5", "null", "true", "[]", "17000000000000", "99999999999999999999", #""""#,
            #""soon""#,
        ])
    func issueTimes(_ time: String) {
        #expect(
            provider.parse(target: "/?code=\(code(#"{"uuid":"u","iat":\#(time)}"#))").map(\.providerTime) == [nil])
    }

    @Test("claims that are nested 100,000 levels deep are not a token")
    func nested() {
        let claims = String(repeating: #"{"a":"#, count: 100_000)
        #expect(
            provider.parse(target: "/?code=\(code(claims))").map(\.problem) == ["the code is not a JSON Web Token"])
    }

    @Test("the code itself is in no field and no key")
    func secrecy() {
        let code = code(#"{"uuid":"u-1"}"#)
        let reports = provider.parse(target: "/?code=\(code)&callback_url=unspecified")
        #expect(reports.map(\.fields) == [[ReportField("uuid", "u-1")]])
        #expect(!reports.contains { $0.dedupeKey.contains(code) })
    }

    @Test("without a code a delivery is unrecognised", arguments: ["/", "/?code=", "/?cod=x"])
    func noCode(_ target: String) {
        let reports = provider.parse(target: target)
        #expect(reports.map(\.type) == ["unrecognised"])
        #expect(reports.map(\.problem) == ["the query has no code"])
    }

    @Test(
        "parameters are read by name and percent-decoded, even after a base URL with a query",
        arguments: ["own=1&code=#", "own=1?code=#", "own=1?code=#?x=1", "%63ode=#&own=code%3Dx"])
    func parameters(_ form: String) throws {
        let query = form.replacingOccurrences(of: "#", with: code(#"{"uuid":"u-1","iat":1,"exp":2}"#))
        let target = "/ezid/auth?\(query)&login_hint=a%40example.com&callback_url=https%3A%2F%2Fa.example"
        guard case .redirect = provider.screen(.with(method: "GET", target: target), redirects: .none) else {
            Issue.record("not a browser redirect")
            return
        }
        #expect(
            provider.parse(target: target).map { Set($0.fields) } == [
                [
                    ReportField("uuid", "u-1"), ReportField("callback_url", "https://a.example"),
                    ReportField("login_hint", "a@example.com"),
                ]
            ])
    }
}
