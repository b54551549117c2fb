import Deliveries
import Foundation
import StrictJSON
import TestKit
import Testing

@Suite("Unmasked output and the access log", .programs)
struct AccessAcceptanceTests {
    @Test("every use of --reveal is logged: by the server if one runs, otherwise by the command")
    func revealed() throws {
        let bench = try Workbench()
        let server = try bench.serve()
        #expect(try deliver(["klavi/link-created-event"], to: server).status == 0)
        #expect(try bench.callbox("audit").error.contains("the audit log is empty"))
        for isServing in [true, false] {
            if !isServing { #expect(try server.stop() == 0) }
            let masked = try bench.callbox("show", "latest", "--format", "table")
            #expect(masked.status == 0)
            #expect(masked.text.contains("personalTaxId = •••••••••88"))
            #expect(!masked.text.contains("10020030088"))
            let revealed = try bench.callbox(
                "show", "1", "1.1", "--format", "table", "--reveal", "--reason", "claim-\(isServing)")
            #expect(revealed.text.contains("personalTaxId = 10020030088"))
            #expect(!revealed.text.contains("[masked]"))
        }
        let log = try bench.callbox("audit", "--format", "json")
        let rows = Array(try JSONDocument(parsing: log.output).root.elements)
        #expect(rows.map { $0["reason"]?.string } == ["claim-false", "claim-true"])
        for row in rows {
            #expect(row["command"]?.string == "show --reveal")
            #expect(row["subject"]?.string == "1 1.1")
            #expect(row["user"]?.string?.isEmpty == false)
        }
    }

    @Test("'list --reveal' is logged with the filter, and a dry run or a masked list is not logged")
    func revealedList() throws {
        let bench = try Workbench()
        let server = try bench.serve()
        #expect(try deliver(["klavi/link-created-event"], to: server).status == 0)
        #expect(try bench.callbox("list", "--format", "table").status == 0)
        #expect(try bench.callbox("list", "--reveal", "--explain").status == 0)
        #expect(try bench.callbox("audit").text == "")
        #expect(try bench.callbox("list", "--type", "link_created", "--reveal", "--reason", "claim-7").status == 0)
        let log = try JSONDocument(parsing: try bench.callbox("audit").output).root
        #expect(log["command"]?.string == "list --reveal")
        #expect(log["subject"]?.string == "--type link_created, at most 20")
        #expect(log["reason"]?.string == "claim-7")
    }

    @Test(
        "an SQL statement is logged if its output is a terminal, but not if its output is a pipe",
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/script"), "script is not installed"))
    func statement() throws {
        let bench = try Workbench()
        let server = try bench.serve()
        #expect(try deliver(["klavi/link-created-event"], to: server).status == 0)
        #expect(try bench.callbox("sql", "select 41 + 1 answer").text == "{\"answer\":42}\n")
        #expect(try bench.callbox("audit").text == "")
        let binary = BuiltBinary.folder.appending(path: "callbox").path()
        let command = "\(binary) sql 'select 42 answer' --config \(bench.configuration) --archive \(bench.archive)"
        let shown = try ChildProcess.run(URL(filePath: "/usr/bin/script"), ["-qec", command, "/dev/null"])
        #expect(shown.status == 0 && shown.text.contains("42"), "\(shown.text)")
        let log = try JSONDocument(parsing: try bench.callbox("audit").output).root
        #expect(log["command"]?.string == "sql")
        #expect(log["subject"]?.string == "select 42 answer")
    }

    @Test("output to a pipe contains all data except credentials, and the access is not logged")
    func piped() throws {
        let bench = try Workbench()
        let server = try bench.serve()
        #expect(try deliver(["klavi/link-created-event"], to: server).status == 0)
        let shown = try bench.callbox("show", "1", "1")
        #expect(shown.lines.count == 2)
        #expect(shown.text.contains("10020030088"))
        #expect(shown.text.contains("[masked]"))
        let several = try JSONDocument(parsing: try bench.callbox("show", "1", "1.1", "--format", "json").output)
        #expect(several.root.elements.map { $0["id"]?.rawText } == ["1", "1"])
        let body = Sample.named("klavi/link-created-event").request.body
        #expect(try bench.callbox("show", "1", "--body").output == body)
        let element = try bench.callbox("show", "1", "--part", "1", "--body").output
        #expect(Array(body.dropFirst().dropLast()) == element)
        #expect(try bench.callbox("show", "1", "--headers").text.contains("X-Klavi-Signature: [masked]"))
        #expect(try bench.callbox("audit").text == "")
    }
}
