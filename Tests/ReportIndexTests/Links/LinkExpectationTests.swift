import Deliveries
import Journal
import ReportIndex
import Testing

@Suite("Expectations as text")
struct LinkExpectationTests {
    @Test(
        "each expectation is unchanged after parsing and writing",
        arguments: [
            ("pf_checking_account", LinkExpectation("pf_checking_account")),
            (
                "applicant:report_status=COMPLETE",
                LinkExpectation("applicant", field: ReportField("report_status", "COMPLETE"))
            ),
            ("a:b=", LinkExpectation("a", field: ReportField("b", ""))),
            ("a:b=c=d:e", LinkExpectation("a", field: ReportField("b", "c=d:e"))),
            ("a:externalInfo.x=1", LinkExpectation("a", field: ReportField("externalInfo.x", "1"))),
            ("a=b", LinkExpectation("a=b")), (" ", LinkExpectation(" ")),
        ])
    func roundTrip(text: String, expectation: LinkExpectation) {
        #expect(LinkExpectation(text) == expectation)
        #expect(expectation.description == text)
    }

    @Test("an invalid expectation is rejected", arguments: ["", ":", ":a=b", "a:", "a:b", "a:=b"])
    func rejected(text: String) {
        #expect(LinkExpectation(text) == nil)
    }
}
