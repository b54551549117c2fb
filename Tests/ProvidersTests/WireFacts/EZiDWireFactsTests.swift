import Deliveries
import Foundation
import Providers
import TestKit
import Testing

/// EZiD's wire facts: each title begins with the section of ezid-reference that has the fact.
@Suite("Wire facts: EZiD")
struct EZiDWireFactsTests {
    private let provider = EZiDProvider()
    private static let code = """
        eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.\
        eyJ1dWlkIjoiM2ZhYzk3NzQtMjhlZS00ZTlkLWJlYzgtYWI0NDE4NmNjOWQzIiwiaWF0IjoxNzAwMDAwMDAwLCJleHAiOjE3MDAwMDM2MDB9.\
        ihfMXmFM9RAHtjmzYOCpMqbzZBBeL2whXRtId5pWdOM
        """
    private static let uuid = "3fac9774-28ee-4e9d-bec8-ab44186cc9d3"
    private static let wish = "https%3A%2F%2Fapp.example.com%2Fwelcome"

    private func visit(_ query: String, allowed: [String] = []) throws -> Response {
        let redirects = try RedirectPolicy(allowed: allowed, landing: nil)
        let screening = provider.screen(.with(method: "GET", target: "/ezid/auth?\(query)"), redirects: redirects)
        guard case .redirect(let response) = screening else {
            Issue.record("\(query) is no visit")
            throw CancellationError()
        }
        return response
    }

    private func only(_ target: String) throws -> ReportContent {
        let reports = provider.parse(target: target)
        #expect(reports.count == 1)
        return try #require(reports.first)
    }

    // MARK: 3.1

    @Test(
        "Browser redirect: there is no webhook: nothing but a browser's GET gets in",
        arguments: ["POST", "PUT", "PATCH", "DELETE"])
    func noWebhook(_ method: String) {
        let request = InboundRequest.with(
            method: method, target: "/ezid?code=\(Self.code)", body: Array(#"{"code":"x"}"#.utf8))
        guard case .handshake(let response, _) = provider.screen(request, redirects: .none) else {
            Issue.record("\(method) is not rejected")
            return
        }
        #expect(response.status == 405)
        #expect(HeaderFields(response.headers).onlyValue(named: "Allow") == "GET, HEAD")
    }

    @Test("Browser redirect: a GET with a code and no body is a visit")
    func get() throws {
        #expect(try visit("code=\(Self.code)&callback_url=unspecified").status == 200)
    }

    @Test(
        "Browser redirect: the path is the base URL's own",
        arguments: ["/ezid", "/ezid/auth", "/ezid/", "/ezid/any/where"])
    func paths(_ path: String) throws {
        #expect(SampleSources.table.source(at: path)?.name == "ezid")
        #expect(try only("\(path)?code=\(Self.code)").dedupeKey == "code:\(Self.uuid)")
    }

    @Test("Code: the code is a compact token whose uuid and issue time are read")
    func code() throws {
        let report = try only("/ezid?code=\(Self.code)")
        #expect(report.provider == "ezid" && report.type == "redirect" && report.problem == nil)
        #expect(report.values(of: "uuid") == [Self.uuid] && report.providerTime == .vectors)
    }

    @Test("Code: an expiry of any length, even passed, changes nothing", arguments: [0, 300, 3600, 86_400])
    func expiry(_ seconds: Int) throws {
        let claims = #"{"uuid":"u-1","iat":1600000000,"exp":\#(1_600_000_000 + seconds)}"#
        let report = try only("/ezid?code=e30.\(Self.base64(claims)).x")
        #expect(report.dedupeKey == "code:u-1" && report.problem == nil)
    }

    @Test("Browser redirect: callback_url is indexed, and the word for none is none")
    func callbackURL() throws {
        let given = try only("/ezid?code=\(Self.code)&callback_url=\(Self.wish)")
        #expect(given.values(of: "callback_url") == ["https://app.example.com/welcome"])
        #expect(try only("/ezid?code=\(Self.code)&callback_url=unspecified").values(of: "callback_url") == [])
        #expect(try only("/ezid?code=\(Self.code)").values(of: "callback_url") == [])
    }

    @Test("Browser redirect: unspecified leads nowhere: the visitor stays with us")
    func unspecified() throws {
        let response = try visit("code=\(Self.code)&callback_url=unspecified", allowed: ["https://app.example.com"])
        #expect(response.status == 200)
        #expect(HeaderFields(response.headers).values(named: "Location").isEmpty)
    }

    @Test("Browser redirect: login_hint is indexed where it is given")
    func loginHint() throws {
        let target = "/ezid?code=\(Self.code)&callback_url=unspecified"
        #expect(try only(target + "&login_hint=a%40example.com").values(of: "login_hint") == ["a@example.com"])
        #expect(try only(target).values(of: "login_hint") == [])
    }

    @Test("Code: nobody but EZiD can check the code, so nothing is verified")
    func unverifiable() {
        let secret = Secret(name: "s", purpose: .signature, bytes: Array("ezid-test-secret".utf8))
        let request = InboundRequest.with(method: "GET", target: "/ezid?code=\(Self.code)")
        #expect(provider.verify(request, with: [secret]) == .failed(.missing))
        #expect(provider.secretPurposes.isEmpty)
    }

    @Test("Browser redirect: a reload or a scanner's prefetch is answered alike and is the same report")
    func secondVisit() throws {
        let query = "code=\(Self.code)&callback_url=\(Self.wish)"
        #expect(try visit(query) == visit(query))
        #expect(try only("/ezid?\(query)").dedupeKey == only("/ezid?\(query)&login_hint=a").dedupeKey)
    }

    @Test("Browser redirect: an allowed callback_url is followed by 303, any other is not")
    func redirect() throws {
        let query = "code=\(Self.code)&callback_url=\(Self.wish)"
        let response = try visit(query, allowed: ["https://app.example.com/"])
        #expect(response.status == 303)
        #expect(HeaderFields(response.headers).onlyValue(named: "Location") == "https://app.example.com/welcome")
        let stranger = try visit(query, allowed: ["https://other.example"])
        #expect(stranger.status == 200)
        #expect(HeaderFields(stranger.headers).values(named: "Location").isEmpty)
    }

    // MARK: 3.4

    @Test("Identifiers: the visit is found by the uuid of the code that send gave")
    func correlation() throws {
        let query = "code=\(Self.code)&callback_url=\(Self.wish)&login_hint=a%40example.com"
        #expect(
            try only("/ezid?\(query)").fields == [
                ReportField("uuid", Self.uuid), ReportField("callback_url", "https://app.example.com/welcome"),
                ReportField("login_hint", "a@example.com"),
            ])
    }

    @Test(
        "Identifiers: an item of our own in the base URL does no harm", arguments: ["order=7&code=#", "code=#&order=7"])
    func ownItem(_ form: String) throws {
        let query = form.replacingOccurrences(of: "#", with: Self.code)
        #expect(try visit(query).status == 200)
        #expect(try only("/ezid?\(query)").dedupeKey == "code:\(Self.uuid)")
    }

    // MARK: 3.5

    @Test("Code: the code is taken by parsing the URL", arguments: ["code=%65#&a=b", "a=code%3Dx&%63ode=%65#"])
    func parsing(_ form: String) throws {
        let query = form.replacingOccurrences(of: "#", with: Self.code.dropFirst())
        #expect(try only("/ezid?\(query)").values(of: "uuid") == [Self.uuid])
    }

    @Test("Code: the code goes to no page, no address and no field of ours")
    func secrecy() throws {
        let response = try visit("code=\(Self.code)&callback_url=\(Self.wish)", allowed: ["https://app.example.com"])
        #expect(!response.headers.contains { $0.value.contains(Self.code) })
        #expect(!String(decoding: response.body, as: UTF8.self).contains(Self.code))
        #expect(HeaderFields(response.headers).onlyValue(named: "Referrer-Policy") == "no-referrer")
        let report = try only("/ezid?code=\(Self.code)")
        #expect(!report.fields.contains { $0.value.contains(Self.code) } && !report.dedupeKey.contains(Self.code))
    }

    // MARK: 6

    @Test(
        "Undocumented: parameters are read by name where the base URL has a query of its own",
        arguments: [
            "/ezid?own=1&code=#&callback_url=unspecified&login_hint=a",
            "/ezid?own=1?code=#&callback_url=unspecified&login_hint=a",
            "/ezid?login_hint=a&callback_url=unspecified&code=#",
        ])
    func default27(_ form: String) throws {
        let target = form.replacingOccurrences(of: "#", with: Self.code)
        let screening = provider.screen(.with(method: "GET", target: target), redirects: .none)
        guard case .redirect = screening else {
            Issue.record("no visit")
            return
        }
        #expect(
            try only(target).fields == [ReportField("uuid", Self.uuid), ReportField("login_hint", "a")])
    }

    @Test("Undocumented: a visit's time is the code's, whenever it is made")
    func default34() throws {
        let request = InboundRequest.with(
            method: "GET", target: "/ezid?code=\(Self.code)", receivedAt: Timestamp(millisecondsSinceEpoch: 0))
        #expect(provider.parse(ArchivedDelivery(of: request)).reports.map(\.providerTime) == [.vectors])
    }

    private static func base64(_ text: String) -> String {
        Data(text.utf8).base64EncodedString().replacingOccurrences(of: "+", with: "-")
            .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
    }
}
