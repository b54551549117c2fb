import Foundation
import Testing

@testable import ProviderSandbox

@Suite("Certn legacy: applicants, their page and their reports")
struct CertnLegacyApplicantTests {
    private static func quick(_ bench: inout CertnBench<CertnLegacyImitation>, _ industry: String = "hr") -> String {
        let target = "/api/v1/\(industry)/applications/quick/"
        return bench.authorized("POST", target, CertnBench.quick).certnJSON["id"]?.string ?? ""
    }

    @Test("a quick screening is complete 30 seconds after it was ordered")
    func completes() {
        var bench = CertnBench.legacy
        let id = Self.quick(&bench)
        bench.now += 29
        #expect(bench.authorized("GET", "/api/v1/hr/applicants/\(id)/").certnJSON["report_status"] == "ANALYZING")
        bench.now += 1
        let json = bench.authorized("GET", "/api/v1/hr/applicants/\(id.uppercased())/").certnJSON
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

    @Test("the two halves of the API do not see each other's applicants")
    func separateHalves() {
        var bench = CertnBench.legacy
        let id = Self.quick(&bench, "pm")
        #expect(bench.authorized("GET", "/api/v1/pm/applicants/\(id)/").status == 200)
        let reply = bench.authorized("GET", "/api/v1/hr/applicants/\(id)/")
        #expect(reply.status == 404)
        #expect(reply.certnJSON == ["detail": "Not found."])
        #expect(bench.authorized("GET", "/api/v1/hr/applicants/").certnJSON["count"] == 0)
        #expect(bench.authorized("GET", "/api/v1/pm/applicants/").certnJSON["count"] == 1)
    }

    @Test(
        "what is not there is not found",
        arguments: [
            "/api/v1/hr/applicants/123e4567-e89b-42d3-a456-426614174000/", "/api/v1/hr/nothing/",
            "/api/v1/hr/applications/slow/", "/api/v2/reports/123e4567-e89b-42d3-a456-426614174000/pdf/",
        ])
    func notFound(target: String) {
        var bench = CertnBench.legacy
        let reply = bench.authorized("GET", target)
        #expect(reply.status == 404)
        #expect(reply.certnJSON == ["detail": "Not found."])
    }

    @Test("the list comes in pages, the newest first, and is searched")
    func lists() {
        var bench = CertnBench.legacy
        var ids: [String] = []
        for number in 1...5 {
            let body = CertnBench.quick.setting("tag", .string("tag-\(number)"))
            ids.append(bench.authorized("POST", "/api/v1/hr/applications/quick/", body).certnJSON["id"]?.string ?? "")
            bench.now += 1
        }
        func shown(_ reply: APIReply) -> [String] {
            reply.certnJSON["results"]?.elements?.compactMap { $0["id"]?.string } ?? []
        }
        let first = bench.authorized("GET", "/api/v1/hr/applicants/?page_size=2&search=souza")
        #expect(first.certnJSON["count"] == 5)
        #expect(shown(first) == [ids[4], ids[3]])
        #expect(first.certnJSON["previous"] == .null)
        let next = first.certnJSON["next"]?.string ?? ""
        #expect(next == "http://127.0.0.1:9900/api/v1/hr/applicants/?page_size=2&search=souza&page=2")
        let second = bench.authorized("GET", next.certnTarget)
        #expect(shown(second) == [ids[2], ids[1]])
        #expect(second.certnJSON["previous"]?.string?.hasSuffix("page=1") == true)
        let last = bench.authorized("GET", "/api/v1/hr/applicants/?page_size=2&page=3")
        #expect(shown(last) == [ids[0]])
        #expect(last.certnJSON["next"] == .null)
        #expect(shown(bench.authorized("GET", "/api/v1/hr/applicants/?search=TAG-4")) == [ids[3]])
        #expect(shown(bench.authorized("GET", "/api/v1/hr/applicants/?search=nobody")).isEmpty)
        #expect(shown(bench.authorized("GET", "/api/v1/hr/applicants/?ordering=created")) == ids)
        #expect(bench.authorized("GET", "/api/v1/hr/applicants/?page=0").status == 404)
        #expect(bench.authorized("GET", "/api/v1/hr/applicants/?page=99").certnJSON == ["detail": "Invalid page."])
    }

    @Test("an invited candidate's page changes nothing until its form is sent")
    func onboards() {
        var bench = CertnBench.legacy
        let invited = bench.authorized("POST", "/api/v1/hr/applications/invite/", CertnBench.invite).certnJSON
        let id = invited["applicant"]?["id"]?.string ?? ""
        let target = (invited["onboarding_link"]?.string ?? "").certnTarget
        let page = bench.call("GET", target)
        #expect(page.status == 200)
        #expect(
            page.certnText.contains("<form method=\"post\" action=\"http://127.0.0.1:9900/certn/onboarding?applicant="))
        bench.now += 1000
        let path = "/api/v1/hr/applicants/\(id)/"
        #expect(bench.authorized("GET", path).certnJSON["status"] == "Pending")
        let sent = bench.call("POST", target, text: "first_name=Z%C3%A9&last_name=Ex+%3Cb%3E")
        #expect(sent.status == 200)
        let read = bench.authorized("GET", path).certnJSON
        #expect(read["status"] == "Analyzing")
        #expect(read["is_submitted"] == true)
        #expect(read["information"]?["first_name"] == "Zé")
        #expect(read["application"]?["applicant"]?["last_name"] == "Ex <b>")
        bench.now += 10
        #expect(bench.call("POST", target, text: "first_name=Other").certnText.contains("submitted"))
        bench.now += 20
        let done = bench.authorized("GET", path).certnJSON
        #expect(done["report_status"] == "COMPLETE")
        #expect(done["information"]?["first_name"] == "Zé")
    }

    @Test("a page of nobody, or of a quick screening, leads nowhere")
    func refusesPage() {
        var bench = CertnBench.legacy
        let id = Self.quick(&bench)
        #expect(bench.call("GET", "/certn/onboarding?applicant=\(id)").status == 404)
        #expect(bench.call("POST", "/certn/onboarding?applicant=x").status == 404)
        #expect(bench.call("GET", "/certn/onboarding").status == 404)
    }

    @Test("what a candidate is called is escaped in the page")
    func escapes() {
        var bench = CertnBench.legacy
        let body = CertnBench.invite.setting("information", ["first_name": "\"><script>"])
        let invited = bench.authorized("POST", "/api/v1/hr/applications/invite/", body).certnJSON
        let page = bench.call("GET", (invited["onboarding_link"]?.string ?? "").certnTarget)
        #expect(page.certnText.contains("&quot;&gt;&lt;script&gt;"))
        #expect(!page.certnText.contains("<script>"))
    }

    @Test("a report is there in both forms when the screening is complete")
    func reports() {
        var bench = CertnBench.legacy
        let id = Self.quick(&bench, "pm")
        bench.now += 30
        let pdf = bench.authorized("GET", "/api/v2/reports/\(id)/pdf/")
        #expect(pdf.status == 200)
        #expect(pdf.headers.firstValue(of: "Content-Type") == "application/pdf")
        #expect(pdf.certnText.contains("Ana Souza"))
        let web = bench.authorized("GET", "/api/v2/reports/\(id)/web/")
        #expect(web.headers.firstValue(of: "Content-Type")?.hasPrefix("text/html") == true)
        #expect(web.certnText.contains("Ana Souza"))
        #expect(bench.authorized("GET", "/api/v2/reports/\(id)/docx/").status == 404)
    }

    @Test("there is no report before the screening is complete", arguments: ["hr", "pm"], ["pdf", "web"])
    func refusesReport(industry: String, form: String) {
        var bench = CertnBench.legacy
        let id = Self.quick(&bench, industry)
        let reply = bench.authorized("GET", "/api/v2/reports/\(id)/\(form)/")
        #expect(reply.status == 400)
        #expect(
            reply.certnJSON
                == ["non_field_errors": [.string("Cannot generate report for incomplete \(industry) applicant.")]])
    }
}
