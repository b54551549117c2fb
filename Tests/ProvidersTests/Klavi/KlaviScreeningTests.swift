import Deliveries
import Providers
import Testing

@Suite("Screening of Klavi's requests")
struct KlaviScreeningTests {
    private func screen(_ method: String, _ target: String = "/klavi", body: String = "") -> Screening {
        KlaviProvider().screen(.with(method: method, target: target, body: Array(body.utf8)), redirects: .none)
    }

    private static let handshake = Screening.handshake(.json(200, #"{"ok":true}"#), event: "connectivity test")

    @Test("a GET or HEAD without parameters is the connectivity test", arguments: ["GET", "HEAD"])
    func emptyVisit(_ method: String) {
        for target in ["/klavi", "/klavi?", "/klavi?utm=1", "/klavi?Link_Id=1", "/klavi?x=link_id"] {
            #expect(screen(method, target) == Self.handshake, "\(target)")
        }
    }

    @Test(
        "an empty POST is the connectivity test",
        arguments: ["", " ", "\r\n", "[]", "{}", " {} ", "[ ]", "\n[\t]\r\n", "                "])
    func emptyPost(_ body: String) {
        #expect(screen("POST", body: body) == Self.handshake)
    }

    @Test(
        "a POST with a body is a delivery, even if the body is unreadable",
        arguments: [
            "[{}]", "{}{}", "[[]]", "null", "0", "{", "}", "[", "\"\"", "x", "\0", "{\"a\":1}", "                 ",
        ])
    func delivery(_ body: String) {
        #expect(screen("POST", body: body) == .delivery)
        #expect(screen("POST", "/klavi?link_id=1", body: body) == .delivery, "never redirected like a browser")
    }

    @Test(
        "a GET with parameters is a redirect",
        arguments: [
            "link_id=1", "consent_id=1", "external_info=%7B%7D", "external_track_id=1", "link_id=", "a=1&link_id=2",
            "link%5Fid=1",
        ])
    func visit(_ query: String) {
        guard case .redirect(let response) = screen("GET", "/klavi/return?\(query)") else {
            Issue.record("not a browser redirect")
            return
        }
        #expect(response.status == 200)
        #expect(String(decoding: response.body, as: UTF8.self).contains("Thank you"))
    }

    @Test(
        "a redirect with an error gets the page for errors",
        arguments: ["error=x", "link_id=1&error=", "error=%3Cb%3E"])
    func unsuccessful(_ query: String) {
        guard case .redirect(let response) = screen("GET", "/klavi/return?\(query)") else {
            Issue.record("not a browser redirect")
            return
        }
        #expect(response.status == 200)
        let page = String(decoding: response.body, as: UTF8.self)
        #expect(page.contains("Not completed"))
        #expect(!page.contains("<b>"), "the query is not shown")
    }

    @Test("the query cannot redirect the browser, because only the landing URL is used")
    func landing() throws {
        let redirects = try RedirectPolicy(
            allowed: ["https://app.example.com"], landing: "https://app.example.com/done")
        let request = InboundRequest.with(
            method: "GET",
            target: "/klavi?link_id=1&redirectURL=https://app.example.com/x&callback_url=https://app.example.com")
        guard case .redirect(let response) = KlaviProvider().screen(request, redirects: redirects) else {
            Issue.record("not a browser redirect")
            return
        }
        #expect(response.status == 303)
        #expect(HeaderFields(response.headers).onlyValue(named: "Location") == "https://app.example.com/done")
    }

    @Test("a HEAD of the redirect URL is a connectivity test")
    func head() {
        #expect(screen("HEAD", "/klavi?link_id=1") == Self.handshake)
    }
}
