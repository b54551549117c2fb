import Foundation
import Testing

@testable import ProviderSandbox

@Suite struct EZiDMailboxTests {
    @Test("a mail shows the link, escaped; push_email No sends none")
    func mails() throws {
        let desk = try EZiDDesk.open()
        let sent = desk.post("/email-link/send", ["email": "ana.souza@example.com", "login_hint": "a@example.com"]).json
        _ = desk.link()
        let link = try #require(sent?["email_link"]?.string)
        let mail = try #require(desk.call("GET", "/mailbox/1"))
        #expect(mail.status == 200)
        #expect(mail.headers.firstValue(of: "Content-Type") == "text/html; charset=utf-8")
        #expect(mail.bodyText.contains("<a id=\"magic-link\""))
        #expect(mail.bodyText.contains("href=\"\(HTML.escaped(link))\""))
        #expect(!mail.bodyText.contains("&callback_url"))
        #expect(desk.call("GET", "/mailbox/2")?.status == 404)
        #expect(desk.call("GET", "/mailbox/x")?.status == 404)
    }

    @Test("the list has the newest mail first, all of them or those to one address")
    func lists() throws {
        let desk = try EZiDDesk.open()
        #expect(desk.call("GET", "/mailbox")?.bodyText.contains("No mail.") == true)
        for name in ["ana", "bob", "ana"] {
            _ = desk.post("/email-link/send", ["email": .string("\(name)@example.com")])
        }
        let all = try #require(desk.call("GET", "/mailbox")).bodyText
        let third = try #require(all.range(of: "http://127.0.0.1:9900/mailbox/3"))
        let first = try #require(all.range(of: "http://127.0.0.1:9900/mailbox/1"))
        #expect(third.lowerBound < first.lowerBound)
        let bobs = try #require(desk.call("GET", "/mailbox?email=Bob%40example.com")).bodyText
        #expect(bobs.contains("/mailbox/2\""))
        #expect(!bobs.contains("/mailbox/1\"") && !bobs.contains("/mailbox/3\""))
    }

    @Test("an address cannot bring markup into the pages")
    func escapes() throws {
        let desk = try EZiDDesk.open()
        #expect(desk.post("/email-link/send", ["email": "<b>@example.com"]).status == 200)
        for path in ["/mailbox", "/mailbox/1"] {
            let page = desk.call("GET", path)
            #expect(page?.bodyText.contains("&lt;b&gt;@example.com") == true)
            #expect(page?.bodyText.contains("<b>@") == false)
        }
    }

    @Test("opening a mail burns no code")
    func burnsNothing() throws {
        let desk = try EZiDDesk.open()
        let sent = desk.post("/email-link/send", ["email": "ana.souza@example.com"]).json
        _ = desk.call("GET", "/mailbox/1")
        _ = desk.call("GET", "/mailbox/1")
        let code = desk.query(of: sent?["email_link"]?.string ?? "")["code"]
        #expect(desk.tokens(code: code)?["success"]?.bool == true)
    }
}
