import Foundation
import Testing

@testable import ProviderSandbox

@Suite struct CertificallVisitTests {
    @Test("the page shows the instructions and steps, and changes nothing")
    func shows() throws {
        let desk = CertificallDesk.loggedIn()
        try desk.register(Registration(url: "http://127.0.0.1:8080/c"))
        let path = desk.link([
            "maxUses": 1, "context": ["visibleData": ["instructions": "Note the <apartment> number"]],
        ])
        desk.headers = []
        for _ in 0..<3 {
            let page = desk.call("GET", path)
            #expect(page?.status == 200)
            for text in [
                "Note the &lt;apartment&gt; number", "Equipment photo", "Evaluate the general condition",
                "method=\"post\"", "action=\"http://127.0.0.1:9900\(path)\"", "name=\"step-10\"", "name=\"step-11\"",
            ] { #expect(page?.bodyText.contains(text) == true) }
        }
        #expect(desk.sent.isEmpty)
    }

    @Test("sending the form makes a closed case and a webhook")
    func sends() throws {
        let desk = CertificallDesk.loggedIn()
        try desk.register(Registration(url: "http://127.0.0.1:8080/c"))
        let path = desk.link()
        let page = desk.call("POST", path, Array("step-10=Left+side&step-11=Rust+%26+dust%22".utf8))
        #expect(page?.status == 200)
        #expect(page?.bodyText.contains("CAS-7264_CMP-1") == true)
        let callback = try #require(desk.sent.first)
        #expect(desk.sent.count == 1)
        #expect(callback.url == "http://127.0.0.1:8080/c")
        #expect(callback.group == "CAS-7264_CMP-1")
        #expect(callback.reference == "case-001")
        let body = try #require(JSON(parsing: callback.body))
        #expect(body["closed"] == true)
        #expect(body["reportId"] == "case-001")
        let items = try #require(body["items"]?.elements)
        #expect(items.map { $0["stepTitle"]?.string } == ["Equipment photo", "General condition"])
        #expect(items[0]["description"] == "Left side")
        #expect(items[1]["data"] == #"Rust & dust""#)
        #expect(page?.bodyText.contains(body["caseUrl"]?.string ?? "?") == true)
    }

    @Test("a visit without a webhook URL makes a case all the same")
    func sendsNothing() {
        let desk = CertificallDesk.loggedIn()
        #expect(desk.call("POST", desk.link())?.status == 200)
        #expect(desk.sent.isEmpty)
        #expect(desk.json("GET", "/certificall/api/cases?format=metadata").json?.elements?.count == 1)
    }

    @Test("each sending is a use, up to maxUses")
    func uses() throws {
        let desk = CertificallDesk.loggedIn()
        try desk.register(Registration(url: "http://127.0.0.1:8080/c"))
        let path = desk.link(["maxUses": 2])
        #expect(desk.call("POST", path)?.status == 200)
        #expect(desk.call("GET", path)?.status == 200)
        #expect(desk.call("POST", path)?.status == 200)
        for method in ["GET", "POST"] {
            let page = desk.call(method, path)
            #expect(page?.status == 410)
            #expect(page?.bodyText.contains("used as often") == true)
        }
        #expect(desk.sent.map(\.group) == ["CAS-7264_CMP-1", "CAS-7265_CMP-1"])
    }

    @Test("a link expires by the sandbox's clock")
    func expires() {
        let desk = CertificallDesk.loggedIn()
        let path = desk.link(["expirationDate": "2026-11-21T12:00:00.500+0100"])
        desk.now += 3600.4
        #expect(desk.call("GET", path)?.status == 200)
        desk.now += 0.1
        for method in ["GET", "POST"] {
            let page = desk.call(method, path)
            #expect(page?.status == 410)
            #expect(page?.bodyText.contains("expired") == true)
        }
    }

    @Test("unknown and switched off links have pages that say so")
    func leadsNowhere() {
        let desk = CertificallDesk.loggedIn()
        let path = desk.link()
        _ = desk.call("DELETE", "/certilink/\(path.suffix(36))")
        for method in ["GET", "POST"] {
            #expect(desk.call(method, path)?.status == 410)
            #expect(desk.call(method, path)?.bodyText.contains("switched off") == true)
            #expect(desk.call(method, "/certificall/app?mt=nobody")?.status == 404)
            #expect(desk.call(method, "/certificall/app")?.status == 404)
        }
        #expect(desk.json("GET", "/certificall/api/cases?format=metadata").json == [])
    }
}
