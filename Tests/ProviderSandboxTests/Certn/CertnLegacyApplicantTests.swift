import Deliveries
import Foundation
import StrictJSON
import Testing

@testable import ProviderSandbox

@Suite("Certn legacy: applicants, their page and their reports")
struct CertnLegacyApplicantTests {
    private static func quick(_ bench: LegacyDesk, _ industry: String = "hr") -> String {
        let target = "/api/v1/\(industry)/applications/quick/"
        return bench.authorized("POST", target, LegacyDesk.quick).json["id"]?.string ?? ""
    }

    @Test("a quick screening is complete 30 seconds after it was ordered")
    func completes() {
        let bench = LegacyDesk.open()
        let id = Self.quick(bench)
        bench.now += 29
        #expect(bench.authorized("GET", "/api/v1/hr/applicants/\(id)/").json["report_status"] == "ANALYZING")
        bench.now += 1
        let json = bench.authorized("GET", "/api/v1/hr/applicants/\(id.uppercased())/").json
        #expect(json["report_status"] == "COMPLETE")
        #expect(json["status"] == "Returned")
        #expect(json["result"] == "CLEARED")
        #expect(json["certn_score_value"] == "PASS")
        #expect(json["risk_result"]?["status"] == "RETURNED")
        #expect(json["rcmp_result"]?["status"] == "NONE")
        #expect(json["report_summary"]?["report_status"] == "COMPLETE")
        #expect(json["modified"] != json["created"])
        #expect(json["activity_log"]?.elements?.count == 3)
    }

    @Test("the two parts of the API have separate applicants")
    func separateHalves() {
        let bench = LegacyDesk.open()
        let id = Self.quick(bench, "pm")
        #expect(bench.authorized("GET", "/api/v1/pm/applicants/\(id)/").status == 200)
        let reply = bench.authorized("GET", "/api/v1/hr/applicants/\(id)/")
        #expect(reply.status == 404)
        #expect(reply.json == ["detail": "Not found."])
        #expect(bench.authorized("GET", "/api/v1/hr/applicants/").json["count"] == 0)
        #expect(bench.authorized("GET", "/api/v1/pm/applicants/").json["count"] == 1)
    }

    @Test("the list has pages, newest first, and a search")
    func lists() {
        let bench = LegacyDesk.open()
        var ids: [String] = []
        for number in 1...5 {
            let body = LegacyDesk.quick.setting("tag", .string("tag-\(number)"))
            ids.append(bench.authorized("POST", "/api/v1/hr/applications/quick/", body).json["id"]?.string ?? "")
            bench.now += 1
        }
        func shown(_ reply: Response) -> [String] {
            reply.json["results"]?.elements?.compactMap { $0["id"]?.string } ?? []
        }
        let first = bench.authorized("GET", "/api/v1/hr/applicants/?page_size=2&search=souza")
        #expect(first.json["count"] == 5)
        #expect(shown(first) == [ids[4], ids[3]])
        #expect(first.json["previous"] == .null)
        let next = first.json["next"]?.string ?? ""
        #expect(next == "http://127.0.0.1:9900/api/v1/hr/applicants/?page_size=2&search=souza&page=2")
        let second = bench.authorized("GET", next.target)
        #expect(shown(second) == [ids[2], ids[1]])
        #expect(second.json["previous"]?.string?.hasSuffix("page=1") == true)
        let last = bench.authorized("GET", "/api/v1/hr/applicants/?page_size=2&page=3")
        #expect(shown(last) == [ids[0]])
        #expect(last.json["next"] == .null)
        #expect(shown(bench.authorized("GET", "/api/v1/hr/applicants/?search=TAG-4")) == [ids[3]])
        #expect(shown(bench.authorized("GET", "/api/v1/hr/applicants/?search=nobody")).isEmpty)
        #expect(shown(bench.authorized("GET", "/api/v1/hr/applicants/?ordering=created")) == ids)
        #expect(bench.authorized("GET", "/api/v1/hr/applicants/?page=0").status == 404)
        #expect(bench.authorized("GET", "/api/v1/hr/applicants/?page=99").json == ["detail": "Invalid page."])
    }

    @Test("viewing the page of an invited applicant changes nothing until the form is submitted")
    func onboards() {
        let bench = LegacyDesk.open()
        let invited = bench.authorized("POST", "/api/v1/hr/applications/invite/", LegacyDesk.invite).json
        let id = invited["applicant"]?["id"]?.string ?? ""
        let target = (invited["onboarding_link"]?.string ?? "").target
        let page = bench.call("GET", target)
        #expect(page.status == 200)
        #expect(
            page.text.contains("<form method=\"post\" action=\"http://127.0.0.1:9900/certn/onboarding?applicant="))
        bench.now += 1000
        let path = "/api/v1/hr/applicants/\(id)/"
        #expect(bench.authorized("GET", path).json["status"] == "Pending")
        let sent = bench.call("POST", target, text: "first_name=Z%C3%A9&last_name=Ex+%3Cb%3E")
        #expect(sent.status == 200)
        let read = bench.authorized("GET", path).json
        #expect(read["status"] == "Analyzing")
        #expect(read["is_submitted"] == true)
        #expect(read["information"]?["first_name"] == "Zé")
        #expect(read["application"]?["applicant"]?["last_name"] == "Ex <b>")
        bench.now += 10
        #expect(bench.call("POST", target, text: "first_name=Other").text.contains("submitted"))
        bench.now += 20
        let done = bench.authorized("GET", path).json
        #expect(done["report_status"] == "COMPLETE")
        #expect(done["information"]?["first_name"] == "Zé")
    }

    @Test("a report is available in both formats when the screening is complete")
    func reports() {
        let bench = LegacyDesk.open()
        let id = Self.quick(bench, "pm")
        bench.now += 30
        let pdf = bench.authorized("GET", "/api/v2/reports/\(id)/pdf/")
        #expect(pdf.status == 200)
        #expect(pdf.headers.value(of: "Content-Type") == "application/pdf")
        #expect(pdf.text.contains("Ana Souza"))
        let web = bench.authorized("GET", "/api/v2/reports/\(id)/web/")
        #expect(web.headers.value(of: "Content-Type")?.hasPrefix("text/html") == true)
        #expect(web.text.contains("Ana Souza"))
        #expect(bench.authorized("GET", "/api/v2/reports/\(id)/docx/").status == 404)
    }

    @Test("there is no report before the screening is complete", arguments: ["hr", "pm"], ["pdf", "web"])
    func rejectsReport(industry: String, form: String) {
        let bench = LegacyDesk.open()
        let id = Self.quick(bench, industry)
        let reply = bench.authorized("GET", "/api/v2/reports/\(id)/\(form)/")
        #expect(reply.status == 400)
        #expect(
            reply.json
                == ["non_field_errors": [.string("Cannot generate report for incomplete \(industry) applicant.")]])
    }
}
