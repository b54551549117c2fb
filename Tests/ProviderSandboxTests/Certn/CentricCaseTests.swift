import Deliveries
import Foundation
import StrictJSON
import Testing

@testable import ProviderSandbox

@Suite("Certn Centric: the progress of a case")
struct CentricCaseTests {
    @Test("the checks of a quickscreen take five seconds")
    func quickscreen() {
        let bench = CentricDesk.open()
        let id = bench.order(CentricDesk.quickscreen)
        bench.now += 4
        #expect(bench.status(of: id) == "IN_PROGRESS")
        bench.now += 1
        let json = bench.authorized("GET", "/cases/\(id)/").json
        #expect(json["overall_status"] == "COMPLETE")
        #expect(json["overall_score"] == "CLEAR")
        #expect(json["checks"]?.elements?.allSatisfy { $0["status"] == "COMPLETE" && $0["score"] == "CLEAR" } == true)
    }

    @Test("an invited person opens and submits the form, and the checks start")
    func invitation() throws {
        let bench = CentricDesk.open()
        try bench.enable()
        let order = bench.authorized("POST", "/cases/order/", CentricDesk.invitation).json
        let id = order["id"]?.string ?? ""
        let target = (order["invite_link"]?.string ?? "").target
        #expect(bench.call("HEAD", target).status == 200)
        #expect(bench.status(of: id) == "APPLICANT_INVITED")
        let page = bench.call("GET", target)
        #expect(page.text.contains("<form method=\"post\" action=\"http://127.0.0.1:9900/centric/invite?case="))
        #expect(bench.status(of: id) == "APPLICANT_OPENED")
        #expect(bench.call("GET", target) == page)
        bench.now += 500
        #expect(bench.status(of: id) == "APPLICANT_OPENED")
        #expect(bench.takeSent().map(\.type) == ["CASE_STATUS_CHANGED", "CASE_STATUS_CHANGED"])
        let sent = bench.call("POST", target, text: "given_name=Zo%C3%A9&family_name=Exemple&date_of_birth=1994-10-09")
        #expect(sent.status == 200)
        #expect(bench.status(of: id) == "IN_PROGRESS")
        #expect(bench.takeSent().map(\.delay) == [0, 0, 0, 5, 0])
        bench.now += 5
        let json = bench.authorized("GET", "/cases/\(id)/").json
        #expect(json["overall_status"] == "COMPLETE")
        #expect(json["input_claims"]?["name"] == ["given_name": "Zoé", "family_name": "Exemple"])
        #expect(json["input_claims"]?["date_of_birth"] == "1994-10-09")
        #expect(bench.call("POST", target, text: "given_name=Other").text.contains("Nothing left to do"))
        #expect(bench.takeSent().isEmpty)
    }

    @Test("a case can be cancelled once, and stays cancelled")
    func cancels() {
        let bench = CentricDesk.open()
        let id = bench.order(CentricDesk.quickscreen)
        bench.now += 1
        let reply = bench.authorized("POST", "/cases/\(id)/cancel/")
        #expect(reply.status == 204)
        #expect(reply.body.isEmpty)
        bench.now += 100
        let json = bench.authorized("GET", "/cases/\(id)/").json
        #expect(json["overall_status"] == "CANCELLED")
        #expect(json["checks"]?.elements?.allSatisfy { $0["status"] == "CANCELLED" } == true)
        let again = bench.authorized("POST", "/cases/\(id)/cancel/")
        #expect(again.status == 400)
        let error = again.json["errors"]?.elements?.first
        #expect(error?["code"] == "invalid")
        #expect(error?["detail"] == "A case that is CANCELLED cannot be cancelled.")
    }

    @Test("a report is created in two seconds, with a link that is valid for five minutes")
    func reports() {
        let bench = CentricDesk.open()
        let id = bench.order(CentricDesk.quickscreen)
        bench.now += 5
        let reply = bench.authorized("POST", "/cases/\(id)/generate-report/", ["language": "en-CA"])
        #expect(reply.status == 201)
        #expect(reply.json.members?.map(\.name) == ["case_report_file_id"])
        let fileID = reply.json["case_report_file_id"]?.string ?? ""
        let pending: JSON = ["id": "\(fileID)", "status": "PENDING", "pdf_url": nil]
        #expect(bench.authorized("GET", "/cases/report-files/\(fileID)/").json == pending)
        bench.now += 2
        let file = bench.authorized("GET", "/cases/report-files/\(fileID)/").json
        #expect(file["status"] == "COMPLETE")
        let url = file["pdf_url"]?.string ?? ""
        #expect(url.hasPrefix("http://127.0.0.1:9900/centric-files/\(fileID).pdf?signature="))
        bench.now += 300
        let pdf = bench.call("GET", url.target)
        #expect(pdf.status == 200)
        #expect(pdf.headers.value(of: "Content-Type") == "application/pdf")
        #expect(pdf.text.hasPrefix("%PDF-1.4"))
        bench.now += 1
        #expect(bench.call("GET", url.target).status == 403)
        let fresh = bench.authorized("GET", "/cases/report-files/\(fileID)/").json["pdf_url"]?.string ?? ""
        #expect(fresh != url)
        #expect(bench.call("GET", fresh.target).status == 200)
    }

    @Test("a modified link is rejected")
    func rejectsLinks() {
        let bench = CentricDesk.open()
        let id = bench.order(CentricDesk.quickscreen)
        bench.now += 5
        let fileID =
            bench.authorized("POST", "/cases/\(id)/generate-report/", ["language": "fr-CA"])
            .json["case_report_file_id"]?.string ?? ""
        bench.now += 2
        let url = bench.authorized("GET", "/cases/report-files/\(fileID)/").json["pdf_url"]?.string ?? ""
        let target = url.target
        #expect(bench.call("GET", target).status == 200)
        #expect(bench.call("GET", target.replacing("expires=", with: "expires=9")).status == 403)
        #expect(bench.call("GET", target.replacing("signature=", with: "signature=0")).status == 403)
        #expect(bench.call("GET", target.replacing(fileID, with: "other")).status == 403)
        #expect(bench.call("GET", "/centric-files/\(fileID).pdf").status == 403)
        #expect(bench.call("GET", "/centric-files/\(fileID)").status == 403)
    }
}
