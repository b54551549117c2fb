import Deliveries
import Testing

@testable import Providers

@Suite("What a visitor's browser gets")
struct VisitorPageTests {
    @Test("an allowed place is a 303 that is neither cached nor told further")
    func redirect() throws {
        let redirects = try RedirectPolicy(allowed: ["https://app.example.com"], landing: nil)
        let response = BrowserPage.response(wish: "https://app.example.com/a?b=c", redirects: redirects)
        #expect(response.status == 303)
        #expect(HeaderFields(response.headers).onlyValue(named: "Location") == "https://app.example.com/a?b=c")
        #expect(response.body.isEmpty)
        expectPrivate(response)
    }

    @Test("anything else is a page, and nothing of the wish is in it")
    func page() {
        let response = BrowserPage.response(wish: "https://evil.example/<script>", redirects: .none)
        #expect(response.status == 200)
        #expect(!HeaderFields(response.headers).contains("Location"))
        #expect(!String(decoding: response.body, as: UTF8.self).contains("evil"))
        expectPage(response, title: "Thank you")
    }

    @Test("no wish is a page, or the landing where there is one")
    func landing() throws {
        #expect(BrowserPage.response(wish: nil, redirects: .none).status == 200)
        let redirects = try RedirectPolicy(allowed: [], landing: "https://www.example.com/")
        let response = BrowserPage.response(wish: nil, redirects: redirects)
        #expect(response.status == 303)
        #expect(HeaderFields(response.headers).onlyValue(named: "Location") == "https://www.example.com/")
    }

    @Test("an error, a link that is incomplete or too long, and a visit that cannot be kept have pages of their own")
    func otherPages() {
        #expect(BrowserPage.tooLong.status == 414)
        expectPage(BrowserPage.tooLong, title: "Link too long")
        #expect(BrowserPage.tryAgain.status == 503)
        #expect(HeaderFields(BrowserPage.tryAgain.headers).onlyValue(named: "Retry-After") == "5")
        expectPage(BrowserPage.tryAgain, title: "Please try again")
        #expect(BrowserPage.unsuccessful.status == 200)
        expectPage(BrowserPage.unsuccessful, title: "Not completed")
        #expect(BrowserPage.incomplete.status == 400)
        expectPage(BrowserPage.incomplete, title: "Incomplete link")
    }

    private func expectPage(_ response: Response, title: String) {
        let headers = HeaderFields(response.headers)
        #expect(headers.onlyValue(named: "Content-Type") == "text/html; charset=utf-8")
        let policy = headers.onlyValue(named: "Content-Security-Policy") ?? ""
        #expect(policy.hasPrefix("default-src 'none'; "))
        #expect(policy.contains("frame-ancestors 'none'"))
        #expect(!policy.contains("script"))
        let text = String(decoding: response.body, as: UTF8.self)
        #expect(text.contains("<h1>\(title)</h1>"))
        #expect(
            !text.contains("src=") && !text.contains("href=") && !text.contains("<script"), "the page loads something")
        expectPrivate(response)
    }

    private func expectPrivate(_ response: Response) {
        let headers = HeaderFields(response.headers)
        #expect(headers.onlyValue(named: "Cache-Control") == "no-store")
        #expect(headers.onlyValue(named: "Referrer-Policy") == "no-referrer")
        #expect(headers.onlyValue(named: "X-Content-Type-Options") == "nosniff")
    }
}
