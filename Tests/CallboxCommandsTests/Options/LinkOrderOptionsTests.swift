import ArgumentParser
import Deliveries
import Journal
import TestKit
import Testing

@testable import CallboxCommands

@Suite("Flags of the commands that request a link")
struct LinkOrderOptionsTests {
    @Test("--expect replaces the default expectations of a link")
    func expectations() throws {
        #expect(
            try LinkOrderOptions.parse([]).expectations(or: ["a", "b:c=d"])
                == [LinkExpectation("a"), LinkExpectation("b", field: ReportField("c", "d"))])
        #expect(try LinkOrderOptions.parse([]).expectations(or: []).isEmpty)
        #expect(
            try LinkOrderOptions.parse(["--expect", "x", "--expect", "y:f=", "--expect", "z:f=a=b:c"])
                .expectations(or: ["a"])
                == [
                    LinkExpectation("x"), LinkExpectation("y", field: ReportField("f", "")),
                    LinkExpectation("z", field: ReportField("f", "a=b:c")),
                ])
    }

    @Test("a malformed expectation is rejected", arguments: ["", ":f=v", "k:", "k:f", "k:=v"])
    func rejected(text: String) throws {
        let options = try LinkOrderOptions.parse(["--expect", text])
        #expect(
            throws: CommandFailure(
                .usage, "--expect '\(text)' is not a report type",
                advice: "Use a form such as pf_checking_account or applicant:report_status=COMPLETE.")
        ) { try options.expectations(or: []) }
    }

    @Test("the error for a rejected expectation is escaped for a terminal")
    func hostile() throws {
        let options = try LinkOrderOptions.parse(["--expect", ":" + HostileText.sample])
        let failure = #expect(throws: CommandFailure.self) { try options.expectations(or: []) }
        let text = try #require(failure).description
        #expect(HostileText.hostile(in: text, layout: ["\n"]).isEmpty)
    }
}
