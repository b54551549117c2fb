import Foundation
import Testing

@testable import ProviderSandbox

@Suite struct CertificallCaseTests {
    private static let api = "/certificall/api"

    /// Two closed cases of different reports and frames, 7264 and 7265, and an open one, 7266.
    private static func desk() -> CertificallDesk {
        let desk = CertificallDesk.loggedIn()
        let context: JSON = ["visibleData": ["user": "Ana (Souza) \\ é 日"]]
        _ = desk.call("POST", desk.link(["context": context]), Array("step-10=Fine".utf8))
        _ = desk.call("POST", desk.link(["reportToken": "case-002", "frameId": 2]))
        _ = desk.json("POST", api + "/cases/create", ["frameId": 1, "options": ["reportId": "case-001"]])
        return desk
    }

    private static func found(_ desk: CertificallDesk, _ query: String) -> [String?]? {
        desk.json("GET", api + "/cases?format=metadata" + query).json?.elements?.map { $0["cfRef"]?.string }
    }

    @Test("the list of cases has the documented entries")
    func metadata() throws {
        let desk = Self.desk()
        let reply = desk.call("GET", Self.api + "/cases?format=metadata&withReportToken=true&caseId=7264")
        #expect(reply?.status == 200)
        let share = "http://127.0.0.1:9900/certificall/share/case/"
        let text = try #require(reply?.bodyText)
        #expect(
            text.hasPrefix(
                #"[{"cfRef":"CAS-7264_CMP-1","closingDate":"2026-11-21T10:00:00Z","createdAt":"2026-11-21T10:00:00Z","#
                    + #""closed":true,"frameName":"Visual Inspection","companyName":"Société Exemple SAS","#
                    + #""reportToken":"case-001","url":"\#(share)"#))
        let open = desk.json("GET", Self.api + "/cases?format=metadata&caseId=7266").json?.elements?.first
        #expect(open?["closingDate"] == .null)
        #expect(open?["closed"] == false)
        #expect(open?.members?.contains { $0.name == "reportToken" } == false)
    }

    @Test("cases are found by report, frame, company, state and number")
    func filters() {
        let desk = Self.desk()
        let (first, second, third) = ("CAS-7264_CMP-1", "CAS-7265_CMP-1", "CAS-7266_CMP-1")
        #expect(Self.found(desk, "") == [first, second, third])
        #expect(Self.found(desk, "&reportToken=case-001") == [first, third])
        #expect(Self.found(desk, "&reportToken=other") == [])
        #expect(Self.found(desk, "&frameId=2") == [second])
        #expect(Self.found(desk, "&closed=true") == [first, second])
        #expect(Self.found(desk, "&closed=false") == [third])
        #expect(Self.found(desk, "&caseId=7265") == [second])
        #expect(Self.found(desk, "&companyId=123&closed=true&reportToken=case-002") == [second])
        #expect(Self.found(desk, "&companyId=5") == [])
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
            ("", "format must be one of ZIP, metadata"), ("format=URL", "format must be one of ZIP, metadata"),
            ("format=zip", "format must be one of ZIP, metadata"),
            ("format=metadata&hours=241", "hours must not be greater than 240"),
            ("format=ZIP&hours=241", "hours must not be greater than 240"),
            ("format=metadata&hours=0", "hours must not be less than 1"),
            ("format=metadata&hours=x", "hours must be an integer number"),
            ("format=metadata&frameId=x", "frameId must be an integer number"),
            ("format=metadata&companyId=x", "companyId must be an integer number"),
            ("format=metadata&caseId=CAS-1", "caseId must be an integer number"),
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

    @Test("texts can be added to an open case, within the documented limits")
    func items() throws {
        let desk = Self.desk()
        let text: JSON = ["caseId": 7266, "stepId": 11, "data": "Installation compliant", "pos": 0]
        for (number, path) in ["/items/create", "/items"].enumerated() {
            let reply = desk.json("POST", Self.api + path, text)
            #expect(reply.status == 200)
            #expect(reply.json?["cfRef"]?.string == "ITM-7266-\(number + 1)")
        }
        let cases = desk.json("GET", Self.api + "/reports/case-001").json?.elements
        #expect(cases?.last?["items"]?.elements?.map { $0["data"]?.string }.first == "Installation compliant")
        func message(_ status: Int, _ name: String, _ value: JSON) -> String? {
            desk.message(status, desk.json("POST", Self.api + "/items/create", text.setting(name, value)))
        }
        #expect(message(403, "stepId", 10) == "Media type not authorized")
        #expect(message(404, "stepId", 20) == "Step not found")
        #expect(message(404, "caseId", 1) == "Case not found")
        #expect(message(400, "caseId", 7264) == "the case is closed")
        #expect(message(400, "stepId", nil) == "stepId must be an integer number")
        #expect(message(400, "data", 5) == "data must be a string")
        #expect(message(400, "pos", -1) == "pos must not be less than 0")
        #expect(desk.message(400, desk.json("POST", Self.api + "/items")) == "the body must be an object")
    }

    @Test("a case takes a thousand items")
    func itemLimit() {
        let desk = Self.desk()
        let text: JSON = ["caseId": 7266, "stepId": 11, "data": "x"]
        for _ in 0..<1000 { #expect(desk.json("POST", Self.api + "/items", text).status == 200) }
        #expect(desk.message(400, desk.json("POST", Self.api + "/items", text)) == "maximum limit reached")
    }

    @Test("a case can be opened without a link; what is wrong is refused")
    func opens() {
        let desk = CertificallDesk.loggedIn()
        let reply = desk.call("POST", Self.api + "/cases/create", (["frameId": 2] as JSON).bytes)
        #expect(reply?.status == 201)
        #expect(reply?.bodyText == #"{"id":7264,"cfRef":"CAS-7264_CMP-1"}"#)
        func message(_ body: JSON?) -> String? {
            desk.message(400, desk.json("POST", Self.api + "/cases/create", body))
        }
        #expect(message(["frameId": 7]) == "frameId is not a frame of your company")
        #expect(message(["frameId": 1, "options": 5]) == "options must be an object")
        #expect(message(["frameId": 1, "options": ["reportId": 5]]) == "options.reportId must be a string")
        #expect(message(nil) == "the body must be an object")
        #expect(desk.sent.isEmpty)
    }
}
