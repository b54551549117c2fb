import Deliveries
import TerminalOutput
import Testing

@testable import Analysis
@testable import Presentation
@testable import ReportIndex

@Suite("Excerpts of the found text")
struct ExcerptTests {
    private static func found(_ needle: String, _ body: String, limit: Int = 3) -> [String] {
        BodyExcerpts.find([needle], in: Array(body.utf8), limit: limit).map { excerpt in
            "\(excerpt.path ?? "-"): \(excerpt.before)[\(excerpt.match)]\(excerpt.after)"
        }
    }

    @Test("each value that contains the text is shown with its path")
    func values() {
        let body = #"{"a":"Banco do Brasil","b":[1,"o banco \u00e9"],"c":"x"}"#
        #expect(Self.found("BANCO", body) == ["$.a: [Banco] do Brasil", "$.b[1]: o [banco] é"])
        #expect(Self.found("banco", body, limit: 1).count == 1)
    }

    @Test("a match in a name or in a body that is not JSON has no path")
    func noPath() {
        #expect(Self.found("brand", #"{"brandName":1}"#) == [#"-: {"[brand]Name":1}"#])
        #expect(Self.found("b", "a b c") == ["-: a [b] c"])
        #expect(Self.found("z", "a b c").isEmpty)
    }

    @Test("only a few characters around the match are shown")
    func context() throws {
        let long = String(repeating: "x", count: 100)
        let excerpt = try #require(Excerpt(of: "y", in: long + "Y" + long, path: nil))
        #expect(excerpt.before == "…" + String(repeating: "x", count: 40))
        #expect(excerpt.after == String(repeating: "x", count: 40) + "…")
    }
}

@Suite("Notes when no report matches")
struct MissingReportsTests {
    private static let vocabulary = ArchiveVocabulary(
        sources: ["main"], types: ["pf_income", "pf_credit_card"], topics: [], fieldNames: ["externalInfo.traceId"])

    @Test("for an unknown name, the most similar known name is suggested")
    func lines() {
        var filter = ReportFilter()
        filter.sources = ["main"]
        filter.types = ["pf_incme", "zzz", "pf_income"]
        filter.fields = [ReportField("externalInfo.traceID", "1"), ReportField("\u{1b}", "2")]
        #expect(
            MissingReports.lines(filter, Self.vocabulary) == [
                "no report has the type 'pf_incme'; did you mean 'pf_income'?", "no report has the type 'zzz'",
                "no report has the field 'traceID'; did you mean 'traceId'?", "no report has the field '\\u{1b}'",
            ])
    }
}

@Suite("Times relative to now")
struct RelativeTimeTests {
    @Test(
        "an age is always relative, even after a week and for a future time",
        arguments: [
            (0, "just now"), (1999, "just now"), (2000, "2 s ago"), (59_999, "59 s ago"), (60_000, "1 min ago"),
            (3_600_000, "1 h ago"), (86_400_000, "24 h ago"), (604_800_000, "7 d ago"), (94_608_000_000, "3 y ago"),
            (-1, "just now"), (-60_000, "in 1 min"),
        ] as [(Int64, String)])
    func ago(past: Int64, text: String) throws {
        let now = try #require(Timestamp(rfc3339: "2026-11-21T10:00:00Z".utf8))
        #expect(HumanText.ago(now.advanced(byMilliseconds: -past), now: now) == text)
    }
}
