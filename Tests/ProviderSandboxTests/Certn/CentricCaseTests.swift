import Foundation
import Testing

@testable import ProviderSandbox

@Suite("Certn Centric: the life of a case")
struct CentricCaseTests {
    @Test("a quickscreen runs for five seconds")
    func quickscreen() {
        var bench = CertnBench.centric
        let id = bench.order(CertnBench.quickscreen)
        bench.now += 4
        #expect(bench.status(of: id) == "IN_PROGRESS")
        bench.now += 1
        let json = bench.authorized("GET", "/cases/\(id)/").certnJSON
        #expect(json["overall_status"] == "COMPLETE")
        #expect(json["overall_score"] == "CLEAR")
        #expect(json["checks"]?.elements?.allSatisfy { $0["status"] == "COMPLETE" && $0["score"] == "CLEAR" } == true)
    }

    @Test("an invited person opens, sends, and is checked")
    func invitation() throws {
        var bench = CertnBench.centric
        try bench.enable()
        let order = bench.authorized("POST", "/cases/order/", CertnBench.invitation).certnJSON
        let id = order["id"]?.string ?? ""
        let target = (order["invite_link"]?.string ?? "").certnTarget
        #expect(bench.call("HEAD", target).status == 200)
        #expect(bench.status(of: id) == "APPLICANT_INVITED")
        let page = bench.call("GET", target)
        #expect(page.certnText.contains("<form method=\"post\" action=\"http://127.0.0.1:9900/centric/invite?case="))
        #expect(bench.status(of: id) == "APPLICANT_OPENED")
        #expect(bench.call("GET", target) == page)
        bench.now += 500
        #expect(bench.status(of: id) == "APPLICANT_OPENED")
        #expect(bench.takeSent().map(\.kind) == ["CASE_STATUS_CHANGED", "CASE_STATUS_CHANGED"])
        let sent = bench.call("POST", target, text: "given_name=Zo%C3%A9&family_name=Exemple&date_of_birth=1994-10-09")
        #expect(sent.status == 200)
        #expect(bench.status(of: id) == "IN_PROGRESS")
        #expect(bench.takeSent().map(\.delay) == [0, 0, 0, 5, 0])
        bench.now += 5
        let json = bench.authorized("GET", "/cases/\(id)/").certnJSON
        #expect(json["overall_status"] == "COMPLETE")
        #expect(json["input_claims"]?["name"] == ["family_name": "Exemple", "given_name": "Zoé"])
        #expect(json["input_claims"]?["date_of_birth"] == "1994-10-09")
        #expect(bench.call("POST", target, text: "given_name=Other").certnText.contains("Nothing left to do"))
        #expect(bench.takeSent().isEmpty)
    }

    @Test("a page of nobody leads nowhere, that of a quickscreen has nothing to do")
    func refusesPage() {
        var bench = CertnBench.centric
        let id = bench.order(CertnBench.quickscreen)
        #expect(bench.call("GET", "/centric/invite?case=x").status == 404)
        #expect(bench.call("POST", "/centric/invite").status == 404)
        #expect(bench.call("POST", "/centric/invite?case=\(id)").certnText.contains("Nothing left to do"))
        bench.now += 5
        #expect(bench.status(of: id) == "COMPLETE")
    }

    @Test("a case is cancelled once, and stays cancelled")
    func cancels() {
        var bench = CertnBench.centric
        let id = bench.order(CertnBench.quickscreen)
        bench.now += 1
        let reply = bench.authorized("POST", "/cases/\(id)/cancel/")
        #expect(reply.status == 204)
        #expect(reply.body.isEmpty)
        bench.now += 100
        let json = bench.authorized("GET", "/cases/\(id)/").certnJSON
        #expect(json["overall_status"] == "CANCELLED")
        #expect(json["checks"]?.elements?.allSatisfy { $0["status"] == "CANCELLED" } == true)
        let again = bench.authorized("POST", "/cases/\(id)/cancel/")
        #expect(again.status == 400)
        let error = again.certnJSON["errors"]?.elements?.first
        #expect(error?["code"] == "invalid")
        #expect(error?["detail"] == "A case that is CANCELLED cannot be cancelled.")
    }

    @Test("a complete case and one that is not there cannot be cancelled")
    func refusesCancelling() {
        var bench = CertnBench.centric
        let id = bench.order(CertnBench.quickscreen)
        bench.now += 5
        #expect(bench.authorized("POST", "/cases/\(id)/cancel/").status == 400)
        #expect(bench.status(of: id) == "COMPLETE")
        #expect(bench.authorized("POST", "/cases/x/cancel/").status == 404)
    }

    @Test("a report is made in two seconds, behind a link that is good for five minutes")
    func reports() {
        var bench = CertnBench.centric
        let id = bench.order(CertnBench.quickscreen)
        bench.now += 5
        let reply = bench.authorized("POST", "/cases/\(id)/generate-report/", ["language": "en-CA"])
        #expect(reply.status == 201)
        #expect(reply.certnJSON.members?.map(\.name) == ["case_report_file_id"])
        let fileID = reply.certnJSON["case_report_file_id"]?.string ?? ""
        let pending: JSON = ["id": .string(fileID), "pdf_url": nil, "status": "PENDING"]
        #expect(bench.authorized("GET", "/cases/report-files/\(fileID)/").certnJSON == pending)
        bench.now += 2
        let file = bench.authorized("GET", "/cases/report-files/\(fileID)/").certnJSON
        #expect(file["status"] == "COMPLETE")
        let url = file["pdf_url"]?.string ?? ""
        #expect(url.hasPrefix("http://127.0.0.1:9900/centric-files/\(fileID).pdf?signature="))
        bench.now += 300
        let pdf = bench.call("GET", url.certnTarget)
        #expect(pdf.status == 200)
        #expect(pdf.headers.firstValue(of: "Content-Type") == "application/pdf")
        #expect(pdf.certnText.hasPrefix("%PDF-1.4"))
        bench.now += 1
        #expect(bench.call("GET", url.certnTarget).status == 403)
        let fresh = bench.authorized("GET", "/cases/report-files/\(fileID)/").certnJSON["pdf_url"]?.string ?? ""
        #expect(fresh != url)
        #expect(bench.call("GET", fresh.certnTarget).status == 200)
    }

    @Test("a link that was changed does not open")
    func refusesLinks() {
        var bench = CertnBench.centric
        let id = bench.order(CertnBench.quickscreen)
        bench.now += 5
        let fileID =
            bench.authorized("POST", "/cases/\(id)/generate-report/", ["language": "fr-CA"])
            .certnJSON["case_report_file_id"]?.string ?? ""
        bench.now += 2
        let url = bench.authorized("GET", "/cases/report-files/\(fileID)/").certnJSON["pdf_url"]?.string ?? ""
        let target = url.certnTarget
        #expect(bench.call("GET", target).status == 200)
        #expect(bench.call("GET", target.replacing("expires=", with: "expires=9")).status == 403)
        #expect(bench.call("GET", target.replacing("signature=", with: "signature=0")).status == 403)
        #expect(bench.call("GET", target.replacing(fileID, with: "other")).status == 403)
        #expect(bench.call("GET", "/centric-files/\(fileID).pdf").status == 403)
        #expect(bench.call("GET", "/centric-files/\(fileID)").status == 403)
    }

    @Test("no report without a language, or before the case is complete")
    func refusesReports() {
        var bench = CertnBench.centric
        let id = bench.order(CertnBench.quickscreen)
        let early = bench.authorized("POST", "/cases/\(id)/generate-report/", ["language": "en-CA"])
        #expect(early.status == 400)
        #expect(early.certnJSON["type"] == "validation_error")
        bench.now += 5
        let faults: [(JSON, String)] = [
            ([:], "required"), (["language": ""], "blank"), (["language": 5], "invalid"),
            (["language": "tlh"], "invalid_choice"),
        ]
        for (body, code) in faults {
            let reply = bench.authorized("POST", "/cases/\(id)/generate-report/", body)
            #expect(reply.status == 400)
            #expect(reply.certnJSON["errors"]?.elements?.first?["code"]?.string == code)
            #expect(reply.certnJSON["errors"]?.elements?.first?["attr"] == "language")
        }
        #expect(bench.authorized("POST", "/cases/\(id)/generate-report/", text: "{").status == 400)
        #expect(bench.authorized("POST", "/cases/x/generate-report/", ["language": "en-CA"]).status == 404)
    }
}
