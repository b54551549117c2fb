import Foundation
import Testing

@testable import ProviderSandbox

@Suite struct CertificallCaseTests {
    private static let api = "/certificall/api"

    /// Three cases, 7264 to 7266; the first and the last are of the same report.
    private static func desk() -> CertificallDesk {
        let desk = CertificallDesk.loggedIn()
        let context: JSON = ["visibleData": ["user": "Ana (Souza) \\ é 日"]]
        _ = desk.call("POST", desk.link(["context": context]), Array("step-10=Fine".utf8))
        _ = desk.call("POST", desk.link(["reportToken": "case-002", "frameId": 2]))
        _ = desk.call("POST", desk.link())
        return desk
    }

    private static func found(_ desk: CertificallDesk, _ query: String) -> [String?]? {
        desk.json("GET", api + "/cases?format=metadata" + query).json?.elements?.map { $0["cfRef"]?.string }
    }

    @Test("the list of cases has the documented entries")
    func metadata() throws {
        let desk = Self.desk()
        let reply = desk.call("GET", Self.api + "/cases?format=metadata&withReportToken=true")
        #expect(reply?.status == 200)
        let share = "http://127.0.0.1:9900/certificall/share/case/"
        let text = try #require(reply?.bodyText)
        #expect(
            text.hasPrefix(
                #"[{"cfRef":"CAS-7264_CMP-1","closingDate":"2026-11-21T10:00:00Z","createdAt":"2026-11-21T10:00:00Z","#
                    + #""closed":true,"frameName":"Visual Inspection","companyName":"Société Exemple SAS","#
                    + #""reportToken":"case-001","url":"\#(share)"#))
        let first = desk.json("GET", Self.api + "/cases?format=metadata").json?.elements?.first
        #expect(first?.members?.contains { $0.name == "reportToken" } == false)
    }

    @Test("every case is closed")
    func closed() {
        let desk = Self.desk()
        let (first, second, third) = ("CAS-7264_CMP-1", "CAS-7265_CMP-1", "CAS-7266_CMP-1")
        #expect(Self.found(desk, "") == [first, second, third])
        #expect(Self.found(desk, "&closed=true") == [first, second, third])
        #expect(Self.found(desk, "&closed=false") == [])
    }

    @Test("cases are listed for twelve hours, or as many as are asked for")
    func hours() {
        let desk = CertificallDesk.loggedIn()
        _ = desk.call("POST", desk.link())
        func count(_ query: String) -> Int? {
            desk.headers = [HeaderLine("Authorization", "Bearer \(desk.logIn() ?? "")")]
            return Self.found(desk, query)?.count
        }
        desk.now += 12 * 3600
        #expect(count("") == 1)
        desk.now += 1
        #expect(count("") == 0)
        #expect(count("&hours=13") == 1)
        desk.now += 228 * 3600 - 1
        #expect(count("&hours=240") == 1)
        desk.now += 1
        #expect(count("&hours=240") == 0)
    }

    @Test(
        "queries of the wrong kind are refused",
        arguments: [
            ("", "format must be metadata"), ("format=URL", "format must be metadata"),
            ("format=metadata&hours=241", "hours must not be greater than 240"),
            ("format=metadata&hours=0", "hours must not be less than 1"),
            ("format=metadata&hours=x", "hours must be an integer number"),
            ("format=metadata&closed=1", "closed must be true or false"),
            ("format=metadata&withReportToken=yes", "withReportToken must be true or false"),
        ])
    func refuses(_ query: String, _ message: String) {
        let desk = Self.desk()
        #expect(desk.message(400, desk.json("GET", Self.api + "/cases?" + query)) == message)
    }

    @Test("a report lists its cases without a log-in")
    func reports() throws {
        let desk = Self.desk()
        _ = desk.link(["reportToken": "still empty"])
        desk.headers = []
        let reply = desk.call("GET", Self.api + "/reports/case-001")
        #expect(reply?.status == 200)
        let text = try #require(reply?.bodyText)
        #expect(
            text.hasPrefix(
                #"[{"cfRef":"CAS-7264_CMP-1","reportId":"case-001","companyName":"Société Exemple SAS","#
                    + #""createdAt":"2026-11-21T11:00:00+01:00","#
                    + #""closingDate":"2026-11-21T11:00:00+01:00","frame":"Visual Inspection","#
                    + #""closed":true,"caseUrl":"http://127.0.0.1:9900/certificall/share/case/"#))
        let cases = try #require(reply?.bodyJSON?.elements)
        #expect(cases.map { $0["cfRef"]?.string } == ["CAS-7264_CMP-1", "CAS-7266_CMP-1"])
        #expect(cases[0]["items"]?.elements?.first?["description"] == "Fine")
        #expect(cases[0]["items"]?.elements?.first?.members?.count == 12)
        #expect(desk.json("GET", Self.api + "/reports/still%20empty").json == [])
        let unknown = desk.call("GET", Self.api + "/reports/nobody")
        #expect(unknown?.status == 400)
        #expect(unknown?.bodyText == #"{"statusCode":400,"message":"Invalid report token","error":"Bad Request"}"#)
    }

    @Test("a case of a webhook is the one in its report")
    func sameCase() throws {
        let desk = CertificallDesk.open()
        try desk.trigger(Trigger(kind: "certificate", reference: "r", url: "http://127.0.0.1:1/"))
        let webhook = JSON(parsing: desk.sent[0].body)
        #expect(webhook != nil)
        #expect(desk.json("GET", Self.api + "/reports/r").json?.elements?.first == webhook)
    }
}
