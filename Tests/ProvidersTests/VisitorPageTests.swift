import Deliveries
import Testing

@testable import Providers

@Suite("What a visitor's browser gets")
struct VisitorPageTests {
    @Test("an allowed place is a 303 that is neither cached nor told further")
    func redirect() throws {
        let redirects = try RedirectPolicy(allowed: ["https://app.example.com"], landing: nil)
        let answer = VisitorPage.answer(wish: "https://app.example.com/a?b=c", redirects: redirects)
        #expect(answer.status == 303)
        #expect(HeaderFields(answer.headers).onlyValue(named: "Location") == "https://app.example.com/a?b=c")
        #expect(answer.body.isEmpty)
        expectPrivate(answer)
    }

    @Test("anything else is a page, and nothing of the wish is in it")
    func page() {
        let answer = VisitorPage.answer(wish: "https://evil.example/<script>", redirects: .none)
        #expect(answer.status == 200)
        #expect(!HeaderFields(answer.headers).contains("Location"))
        #expect(!String(decoding: answer.body, as: UTF8.self).contains("evil"))
        expectPage(answer, title: "Thank you")
    }

    @Test("no wish is a page, or the landing where there is one")
    func landing() throws {
        #expect(VisitorPage.answer(wish: nil, redirects: .none).status == 200)
        let redirects = try RedirectPolicy(allowed: [], landing: "https://www.example.com/")
        let answer = VisitorPage.answer(wish: nil, redirects: redirects)
        #expect(answer.status == 303)
        #expect(HeaderFields(answer.headers).onlyValue(named: "Location") == "https://www.example.com/")
    }

    @Test("an error, a link that is incomplete or too long, and a visit that cannot be kept have pages of their own")
    func otherPages() {
        #expect(VisitorPage.tooLong.status == 414)
        expectPage(VisitorPage.tooLong, title: "Link too long")
        #expect(VisitorPage.tryAgain.status == 503)
        #expect(HeaderFields(VisitorPage.tryAgain.headers).onlyValue(named: "Retry-After") == "5")
        expectPage(VisitorPage.tryAgain, title: "Please try again")
        #expect(VisitorPage.unsuccessful.status == 200)
        expectPage(VisitorPage.unsuccessful, title: "Not completed")
        #expect(VisitorPage.incomplete.status == 400)
        expectPage(VisitorPage.incomplete, title: "Incomplete link")
    }

    private func expectPage(_ answer: Answer, title: String) {
        let headers = HeaderFields(answer.headers)
        #expect(headers.onlyValue(named: "Content-Type") == "text/html; charset=utf-8")
        let policy = headers.onlyValue(named: "Content-Security-Policy") ?? ""
        #expect(policy.hasPrefix("default-src 'none'; "))
        #expect(policy.contains("frame-ancestors 'none'"))
        #expect(!policy.contains("script"))
        let text = String(decoding: answer.body, as: UTF8.self)
        #expect(text.contains("<h1>\(title)</h1>"))
        #expect(
            !text.contains("src=") && !text.contains("href=") && !text.contains("<script"), "the page loads something")
        expectPrivate(answer)
    }

    private func expectPrivate(_ answer: Answer) {
        let headers = HeaderFields(answer.headers)
        #expect(headers.onlyValue(named: "Cache-Control") == "no-store")
        #expect(headers.onlyValue(named: "Referrer-Policy") == "no-referrer")
        #expect(headers.onlyValue(named: "X-Content-Type-Options") == "nosniff")
    }
}
