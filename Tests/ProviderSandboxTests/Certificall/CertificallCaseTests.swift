import Crypto
import Deliveries
import Foundation
import StrictJSON
import Testing

@testable import ProviderSandbox

@Suite("Certificall: pages, cases and webhooks")
struct CertificallCaseTests {
    private static let api = "/certificall/api"
    private static let hook = "http://127.0.0.1:8080/c"

    @Test("viewing the page changes nothing; its form creates a case and a webhook, as often as the link allows")
    func page() throws {
        let desk = CertificallDesk.loggedIn()
        try desk.register(Self.hook)
        let context: JSON = ["visibleData": ["instructions": "Note the <apartment> number"]]
        let page = desk.link(["maxUses": 2, "context": context])
        let view = desk.call("GET", page)
        for text in [
            "Note the &lt;apartment&gt; number", "Equipment photo", "method=\"post\"", "name=\"step-11\"",
            "action=\"http://127.0.0.1:9900\(page)\"",
        ] {
            #expect(view.text.contains(text))
        }
        #expect(desk.sent.isEmpty)
        let done = desk.call("POST", page, text: "step-10=Left+side&step-11=Rust+%26+dust%22")
        #expect(done.text.contains("CAS-7264_CMP-1"))
        let callback = try #require(desk.sent.first)
        #expect(callback.url == Self.hook && callback.group == "CAS-7264_CMP-1" && callback.reference == "case-001")
        let items = callback.json["items"]?.elements ?? []
        #expect(items.map { $0["stepTitle"] } == ["Equipment photo", "General condition"])
        #expect(items.first?["description"] == "Left side" && items.last?["data"] == #"Rust & dust""#)
        #expect(desk.call("POST", page).status == 200)
        #expect(desk.call("POST", page).status == 410)
        #expect(desk.call("GET", page).text.contains("Link used up"))
        #expect(desk.sent.count == 2)
    }

    @Test("the page of an expired, disabled or unknown link states this reason")
    func obstacles() {
        let desk = CertificallDesk.loggedIn()
        let expiring = desk.link(["expirationDate": "2026-11-21T12:00:00.500+0100"])
        desk.now += 3600.5
        #expect(desk.call("POST", expiring).status == 410 && desk.call("GET", expiring).text.contains("Link expired"))
        #expect(desk.call("GET", "/certificall/app?mt=nobody").status == 404)
        #expect(desk.call("GET", "/certificall/app").status == 404)
    }

    @Test("the cases of the last twelve hours, or of the requested number of hours, are listed")
    func cases() {
        let desk = CertificallDesk.loggedIn()
        _ = desk.call("POST", desk.link())
        func found(_ query: String) -> Response {
            desk.headers = [HeaderField("Authorization", "Bearer \(desk.logIn())")]
            return desk.call("GET", Self.api + "/cases?format=metadata" + query)
        }
        #expect(
            found("&withReportToken=true").text.hasPrefix(
                #"[{"cfRef":"CAS-7264_CMP-1","closingDate":"2026-11-21T10:00:00Z","createdAt":"2026-11-21T10:00:00Z","#
                    + #""closed":true,"frameName":"Visual Inspection","companyName":"Société Exemple SAS","#
                    + #""reportToken":"case-001","url":"http://127.0.0.1:9900/certificall/share/case/"#))
        #expect(found("").json.elements?.first?["reportToken"] == nil)
        #expect(found("&closed=false").json == [])
        desk.now += 12 * 3600 + 1
        #expect(found("").json == [])
        #expect(found("&hours=13").json.elements?.count == 1)
        for query in ["&hours=241", "&hours=0", "&hours=x", "&closed=1", "&withReportToken=yes"] {
            #expect(found(query).status == 400, "\(query)")
        }
        #expect(desk.message(400, desk.call("GET", Self.api + "/cases")) == "format should not be empty")
    }

    @Test("the cases of a report token are listed without a login, with the same content as in the webhooks")
    func reports() throws {
        let desk = CertificallDesk.loggedIn()
        try desk.trigger(Trigger(type: "certificate", reference: "r", url: Self.hook))
        _ = desk.link(["reportToken": "empty"])
        desk.headers = []
        #expect(desk.call("GET", Self.api + "/reports/r").json == [desk.sent[0].json])
        #expect(desk.call("GET", Self.api + "/reports/empty").json == [])
        let unknown = desk.call("GET", Self.api + "/reports/nobody")
        #expect(unknown.text == #"{"statusCode":400,"message":"Invalid report token","error":"Bad Request"}"#)
    }

    @Test("the webhook has the documented members, and its files can be fetched without a login")
    func webhook() throws {
        let desk = CertificallDesk.open()
        try desk.trigger(Trigger(type: "certificate", reference: "case-001", url: Self.hook))
        let callback = desk.sent[0]
        #expect(callback.provider == "certificall" && callback.type == "certificate" && callback.method == "POST")
        #expect(
            callback.text.hasPrefix(
                #"{"cfRef":"CAS-7264_CMP-1","reportId":"case-001","companyName":"Société Exemple SAS","#
                    + #""createdAt":"2026-11-21T11:00:00+01:00","closingDate":"2026-11-21T11:00:00+01:00","#
                    + #""frame":"Visual Inspection","closed":true,"caseUrl":"http://127.0.0.1:9900/certificall/share/case/"#
            ))
        let item = try #require(callback.json["items"]?.elements?.first)
        #expect(
            item.members?.map(\.name) == [
                "createdAt", "cfRef", "description", "geolocLatitude", "geolocLongitude", "data", "imageUrl",
                "stepAction",
                "stepTitle", "stepDescription", "imageHash", "tspTokenHash",
            ])
        let image = desk.call("GET", (item["imageUrl"]?.string ?? "").target)
        #expect(image.headers.value(of: "Content-Type") == "image/gif" && image.text.hasPrefix("GIF89a"))
        #expect(item["imageHash"]?.string == Hex.encode(SHA256.hash(data: image.body)))
        #expect(desk.message(404, desk.call("GET", "/certificall/images/7264/3.gif")) == "Image not found")
        let pdf = desk.call("GET", (callback.json["caseUrl"]?.string ?? "").target)
        #expect(pdf.headers.value(of: "Content-Type") == "application/pdf" && pdf.text.hasPrefix("%PDF-1.4"))
        #expect(desk.message(404, desk.call("GET", "/certificall/share/case/nobody")) == "Case not found")
    }

    @Test(
        "each scheme has its own valid and invalid credentials",
        arguments: [
            (nil, "HMAC-SHA256 callbox-test-key:71b050b93493dc806e802367cbc50cc412323d802df6da33ad047591447a16c5"),
            ("hmac", "HMAC-SHA256 callbox-test-key:71b050b93493dc806e802367cbc50cc412323d802df6da33ad047591447a16c5"),
            ("bearer", "Bearer certificall-test-token"), ("basic", "Basic aG9vazpwdw=="),
        ])
    func proofs(scheme: String?, value: String) throws {
        let desk = CertificallDesk.open()
        try desk.register(Self.hook, scheme: scheme)
        try desk.trigger(Trigger(type: "certificate"))
        let body = Array(#"{"cfRef":"CAS-1_CMP-1","reportId":"case-001","closed":true,"items":[]}"#.utf8)
        let right = desk.sent[0].proof(of: body, ProofConditions(secondsSinceEpoch: 0))
        #expect(right.first == HeaderField("Authorization", value))
        let wrong = desk.sent[0].proof(of: body, ProofConditions(secondsSinceEpoch: 0, isWrong: true))
        #expect(right.map(\.name) == wrong.map(\.name) && right.first != wrong.first)
        let policy = desk.sent[0].policy
        #expect(policy.waits == [1, 5])
        #expect((200...599).filter { !policy.isFinal($0) } == [408, 429] + Array(500...599))
    }

    @Test("a trigger uses the link of the reportToken, or creates a link whose metadata is not in the webhook")
    func triggers() throws {
        let desk = CertificallDesk.loggedIn()
        _ = desk.link(["reportToken": "tech", "frameId": 2])
        try desk.trigger(Trigger(type: "certificate", reference: "tech", url: Self.hook))
        try desk.trigger(
            Trigger(type: "certificate", externalInfo: [JSON.Member("trace", "hidden-text")], url: Self.hook))
        #expect(desk.sent.map { $0.json["frame"]?.string } == ["Technical Inspection", "Visual Inspection"])
        #expect(desk.sent[1].json["reportId"]?.string?.wholeMatch(of: /dossier-[0-9a-f]{12}/) != nil)
        #expect(!desk.sent[1].text.contains("hidden-text"))
        #expect(desk.call("POST", "/certilink/findCompanyMagicLinks", [:]).json.elements?.count == 2)
    }

    @Test("invalid triggers and schemes are rejected")
    func rejectsTriggers() {
        let desk = CertificallDesk.open()
        for trigger in [
            Trigger(type: "certificate"), Trigger(type: "redirect", url: Self.hook),
            Trigger(type: "certificate", url: Self.hook, byteCount: 5000),
        ] {
            #expect(desk.failure(of: trigger) != nil)
        }
        #expect(throws: SandboxFailure.self) { try desk.register(Self.hook, scheme: "HMAC") }
        #expect(desk.sent.isEmpty)
    }
}
