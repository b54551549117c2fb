import ArgumentParser
import Deliveries
import Journal
import Testing

@testable import CallboxCommands
@testable import ReportIndex

@Suite("Link filter flags")
struct LinkFilterOptionsTests {
    private static func filter(_ arguments: String...) throws -> LinkFilter {
        let now = try #require(Timestamp(rfc3339: "2026-11-21T15:04:05.678Z".utf8))
        return try LinkFilterOptions.parse(arguments).filter(now: now)
    }

    @Test("without flags every link matches")
    func nothing() throws {
        let filter = try Self.filter()
        #expect(filter.providers.isEmpty && filter.states.isEmpty && filter.fields.isEmpty)
        #expect(filter.since == nil && filter.until == nil && filter.before == nil && filter.limit == nil)
    }

    @Test("each flag sets only its own part of the filter")
    func everyFlag() throws {
        let filter = try Self.filter(
            "--provider", "klavi", "--provider", "certn", "--external", "traceId=t-1", "--field", "linkId=L-1",
            "--since",
            "7d")
        #expect(filter.providers == ["klavi", "certn-legacy", "certn-centric"])
        #expect(filter.fields == [ReportField("externalInfo.traceId", "t-1"), ReportField("linkId", "L-1")])
        #expect(filter.since?.rfc3339 == "2026-11-14T15:04:05.678Z")
    }

    @Test("values match regardless of case and accents; with --exact only identical bytes match")
    func spelling() throws {
        #expect(try Self.filter("--external", "name=São").folds)
        #expect(try !Self.filter("--external", "name=São", "--exact").folds)
    }

    @Test("operators other than = are rejected", arguments: ["amount>=100", "name~^a", "name!=a", "name", "=a"])
    func conditions(text: String) {
        let message = "--field '\(text)' is not in the form name=value"
        #expect(throws: CommandFailure(.usage, message, advice: "Run 'callbox links list --help'.")) {
            try Self.filter("--field", text)
        }
    }

    @Test(
        "the error for an unknown provider, or a provider without links, suggests the nearest name or lists all",
        arguments: [
            ("klavy", "Did you mean 'klavi'?"),
            ("generic", "Use one of klavi, certn, certn-legacy, certn-centric, ezid, certificall."),
        ])
    func unknownProvider(name: String, advice: String) {
        #expect(throws: CommandFailure(.usage, "there is no provider '\(name)' with links", advice: advice)) {
            try Self.filter("--provider", name)
        }
    }

    @Test("a link is identified by its ID")
    func number() throws {
        #expect(try LinkID(argument: "7") == LinkID(rawValue: 7))
    }

    @Test(
        "strings that are not IDs are rejected",
        arguments: ["", "0", "-1", "7.1", "x", "99999999999999999999", "\u{1b}[2J"])
    func noNumber(text: String) {
        let shown = text.replacing("\u{1b}", with: "\\u{1b}")
        #expect(
            throws: CommandFailure(
                .usage, "'\(shown)' is not the ID of a link", advice: "Run 'callbox links list' for the IDs.")
        ) { try LinkID(argument: text) }
    }
}
