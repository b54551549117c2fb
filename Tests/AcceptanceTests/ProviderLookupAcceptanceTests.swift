import Foundation
import StrictJSON
import TestKit
import Testing

@Suite("Lookups in the providers' APIs")
struct ProviderLookupAcceptanceTests {
    private func list(_ fakes: FakeBench, _ arguments: String...) throws -> [JSONValue] {
        let result = try fakes.callbox(["links", "fetch"] + arguments)
        try succeed(result)
        return try result.lines.map { try JSONDocument(parsing: Array($0.utf8)).root }
    }

    @Test("Certn's users, applicants, a single applicant and its report as PDF and HTML are fetched")
    func certn() throws {
        let fakes = try FakeBench()
        let user = try #require(try list(fakes, "certn-users").first?["id"]?.string)
        let order = try fakes.create(
            "certn", "--check", "softcheck", "--first-name", "Ana", "--last-name", "Souza", "--address", "1006 Fort St",
            "--city", "Victoria", "--province-state", "BC", "--country", "CA", "--location-address",
            "2680 Blanshard St",
            "--location-city", "Victoria", "--location-province-state", "BC", "--location-country", "CA", "--owner-id",
            user)
        let id = try #require(order["keys"]?["id"]?.string)
        #expect(try list(fakes, "certn-applicants").contains { $0["id"]?.string == id })
        let applicant = try fakes.callbox("links", "fetch", "certn-applicant", id)
        try succeed(applicant)
        #expect(try JSONDocument(parsing: applicant.output).root["id"]?.string == id)
        try succeed(fakes.sandbox("advance", "1m"))
        let path = fakes.bench.folder.appending(path: "report.pdf")
        try succeed(fakes.callbox("links", "fetch", "certn-report", id, "--output", path.path()))
        #expect(try Data(contentsOf: path).starts(with: Array("%PDF-".utf8)))
        #expect(try fakes.callbox("links", "fetch", "certn-report", id, "--output", path.path()).status == 73)
        let page = try fakes.callbox("links", "fetch", "certn-report", id, "--as", "html")
        try succeed(page)
        #expect(page.text.lowercased().contains("<html"))
        #expect(try fakes.callbox("links", "fetch", "certn-applicant", "nobody").status == 1)
    }

    @Test("Certificall's frames, Certilinks and cases are fetched, and the tokens of Certilinks are omitted")
    func certificall() throws {
        let fakes = try FakeBench()
        #expect(try list(fakes, "frames").map { $0["id"]?.rawText } == ["1", "2"])
        _ = try fakes.create("certilink", "--frame", "1", "--report-token", "case-001")
        let links = try fakes.callbox("links", "fetch", "certilinks")
        try succeed(links)
        #expect(links.text.contains("case-001"))
        #expect(!links.text.contains("mt="))
        let cases = try fakes.callbox("links", "fetch", "cases", "--hours", "240", "--format", "csv")
        try succeed(cases)
        #expect(cases.lines.first == "cfRef,frameName,reportToken,closed,createdAt,closingDate")
        #expect(try fakes.callbox("links", "fetch", "cases", "--hours", "241").status == 64)
        let shown = try fakes.callbox("links", "fetch", "frames", "--dry-run")
        #expect(shown.text.hasPrefix("GET http://127.0.0.1:"))
    }
}
