import ArgumentParser
import Deliveries
import StrictJSON
import Testing
import TextForms

@testable import CallboxCommands
@testable import ReportIndex

@Suite("Report filter flags")
struct FilterOptionsTests {
    private static func filter(_ arguments: String...) throws -> ReportFilter {
        let now = try #require(Timestamp(rfc3339: "2026-11-21T15:04:05.678Z".utf8))
        return try FilterOptions.parse(arguments).filter(now: now)
    }

    @Test("without flags every report matches")
    func nothing() throws {
        let filter = try Self.filter()
        #expect(filter.providers.isEmpty && filter.sources.isEmpty && filter.types.isEmpty && filter.topics.isEmpty)
        #expect(filter.fields.isEmpty)
        #expect(!filter.isUnrouted)
        #expect(filter.since == nil && filter.until == nil && filter.limit == nil)
        #expect(filter.before == nil)
    }

    @Test("each flag sets only its own part of the filter")
    func everyFlag() throws {
        let filter = try Self.filter(
            "--provider", "klavi", "--source", "main", "--type", "pf_credit_card", "--topic", "cards", "--since", "7d",
            "--until", "today", "--external", "traceId=t-1", "--field", "linkId=l-1", "--verification", "verified",
            "--text", "ana", "--text", "bia")
        #expect(filter.providers == ["klavi"])
        #expect(filter.sources == ["main"])
        #expect(filter.types == ["pf_credit_card"])
        #expect(filter.verifications == [.verified])
        #expect(filter.texts == ["ana", "bia"])
        #expect(filter.topics == ["cards"])
        #expect(filter.since?.rfc3339 == "2026-11-14T15:04:05.678Z")
        #expect(filter.until?.rfc3339 == "2026-11-21T00:00:00.000Z")
        #expect(filter.fields == [ReportField("externalInfo.traceId", "t-1"), ReportField("linkId", "l-1")])
        #expect(!filter.isUnrouted)
        #expect(try Self.filter("--unrouted").isUnrouted)
    }

    @Test("the values of a repeated flag are collected in order")
    func repeatedFlags() throws {
        let filter = try Self.filter(
            "--provider", "certn", "--provider", "ezid", "--type", "b", "--type", "a", "--external", "x=1",
            "--external",
            "x=2")
        #expect(filter.providers == ["certn-legacy", "certn-centric", "ezid"])
        #expect(filter.types == ["b", "a"])
        #expect(filter.fields == [ReportField("externalInfo.x", "1"), ReportField("externalInfo.x", "2")])
    }

    @Test(
        "the names of all providers are accepted",
        arguments: ["klavi", "certn-legacy", "certn-centric", "ezid", "certificall", "generic", "standard-webhooks"])
    func providers(name: String) throws {
        #expect(try Self.filter("--provider", name).providers == [name])
    }

    @Test(
        "a pair is split at its first equals sign; its value may be empty or contain more equals signs",
        arguments: [
            ("a=b", "a", "b"), ("a=", "a", ""), ("a==", "a", "="), ("a=b=c", "a", "b=c"), ("a b= c ", "a b", " c "),
            ("customization.institutions=033", "customization.institutions", "033"), ("é=ü", "é", "ü"),
        ])
    func pairs(text: String, name: String, value: String) throws {
        #expect(try Self.filter("--field", text).fields == [ReportField(name, value)])
        #expect(try Self.filter("--external", text).fields == [ReportField("externalInfo.\(name)", value)])
    }

    @Test(
        "operators other than = test the value of a field; a name alone tests that the field exists",
        arguments: [
            ("a>=1", "a", ValueTest.Relation.greaterOrEqual, "1"), ("a<1", "a", .less, "1"),
            ("a!=b", "a", .notEqual, "b"),
            ("a~^x=", "a", .matches, "^x="), ("a!~x", "a", .notMatches, "x"), ("a", "a", .present, ""),
            ("!a", "a", .absent, ""), ("a>b=c", "a", .greater, "b=c"),
        ])
    func tests(text: String, name: String, relation: ValueTest.Relation, operand: String) throws {
        let test = try #require(ValueTest(relation, operand, folds: true))
        #expect(try Self.filter("--field", text).fieldTests == [FieldTest(name, test)])
        #expect(try Self.filter("--external", text).fieldTests == [FieldTest("externalInfo." + name, test)])
        #expect(try Self.filter("--field", text).fields.isEmpty)
    }

    @Test(
        "a path ends at the first operator outside of brackets",
        arguments: [
            ("$.a[0].b=c", "$.a[0].b", ValueTest.Relation.equal, "c"), ("$['a=b']>2", "$['a=b']", .greater, "2"),
            ("$.a[*]~x]", "$.a[*]", .matches, "x]"), ("$.a", "$.a", .present, ""),
            ("!$.a[\"!\"]", "$.a[\"!\"]", .absent, ""),
            ("$.a=[1]", "$.a", .equal, "[1]"),
        ])
    func paths(text: String, path: String, relation: ValueTest.Relation, operand: String) throws {
        let expected = BodyTest(
            try #require(JSONPath(path, allowsEvery: true)), try #require(ValueTest(relation, operand, folds: true)))
        #expect(try Self.filter("--json-path", text).bodyTests == [expected])
    }

    @Test(
        "every command with filters parses them in the same way",
        arguments: [
            ["--external", "name=São", "--field", "amount>=100"], ["--text", "ana", "--exact"],
            ["--json-path", "$.a~^x", "--type", "a", "--type", "b"], ["--provider", "certn", "--since", "7d"],
            ["--unrouted", "--verification", "failed"], ["--topic", "x", "--source", "y", "--exact"],
        ])
    func everyCommand(arguments: [String]) throws {
        let now = try #require(Timestamp(rfc3339: "2026-11-21T15:04:05.678Z".utf8))
        let expected = try FilterOptions.parse(arguments)
        let isText = arguments.contains("--text")
        let all: [FilterOptions?] = [
            try ListCommand.parse(arguments).filters, try TimelineCommand.parse(arguments).filters,
            try TailCommand.parse(arguments).filters, try ExportCommand.parse(arguments).filters,
            isText ? nil : try SearchCommand.parse(["text"] + arguments).filters,
        ]
        for filters in all.compactMap(\.self) {
            #expect(filters.words == expected.words)
            #expect("\(try filters.filter(now: now))" == "\(try expected.filter(now: now))")
        }
    }

    @Test("a time range that ends before it begins is rejected")
    func emptyTime() throws {
        #expect(throws: Never.self) { try Self.filter("--since", "2d", "--until", "1d") }
        for (since, until) in [("1d", "2d"), ("today", "today")] {
            let failure = #expect(throws: CommandFailure.self) { try Self.filter("--since", since, "--until", until) }
            #expect(failure?.status == .usage)
            #expect(failure?.message.contains(") is not after --since (") == true)
        }
    }

    @Test(
        "flags are recorded as they were entered",
        arguments: [
            ([], "all reports"), (["--unrouted"], "--unrouted"),
            (
                ["--external", "name=Ana Lu", "--type", "a", "--type", "b", "--until", "7d"],
                "--type a --type b --until 7d --external 'name=Ana Lu'"
            ), (["--verification", "failed", "--text", "it's"], "--verification failed --text 'it'\\''s'"),
        ])
    func words(arguments: [String], expected: String) throws {
        #expect(try FilterOptions.parse(arguments).words == expected)
    }

    struct Rejection: CustomTestStringConvertible {
        let arguments: [String]
        let failure: CommandFailure

        init(_ arguments: String..., says message: String, advice: String? = nil) {
            self.arguments = arguments
            self.failure = CommandFailure(.usage, message, advice: advice)
        }

        var testDescription: String {
            arguments.joined(separator: " ")
        }
    }

    private static let moments =
        "Use 7d, 24h, 30m, today, yesterday, 2026-11-21, 2026-11-21T10:00:00Z, Unix time or an HTTP date."

    @Test(
        "impossible filters are rejected with advice",
        arguments: [
            Rejection("--provider", "klavy", says: "there is no provider 'klavy'", advice: "Did you mean 'klavi'?"),
            Rejection(
                "--provider", "stripe", says: "there is no provider 'stripe'",
                advice:
                    "Use one of klavi, certn, certn-legacy, certn-centric, ezid, certificall, generic, standard-webhooks."
            ),
            Rejection(
                "--provider", "klavi", "--provider", "\u{1b}[31m", says: "there is no provider '\\u{1b}[31m'",
                advice:
                    "Use one of klavi, certn, certn-legacy, certn-centric, ezid, certificall, generic, standard-webhooks."
            ),
            Rejection(
                "--topic", "a", "--unrouted", says: "--topic and --unrouted cannot be combined"),
            Rejection("--since", "soon", says: "--since 'soon' is not a time", advice: moments),
            Rejection("--until", "\u{202e}7d", says: "--until '\\u{202e}7d' is not a time", advice: moments),
            Rejection("--since", "", says: "--since '' is not a time", advice: moments),
            Rejection(
                "--external", "=x", says: "--external has no name; use --external name=value",
                advice: "Run 'callbox help filters'."),
            Rejection(
                "--field", "!", says: "--field has no name; use --field name=value",
                advice: "Run 'callbox help filters'."),
            Rejection(
                "--field", "name~[a", says: "--field '[a' is not a regular expression",
                advice: "Put a backslash before brackets and other special characters in literal text."),
            Rejection(
                "--json-path", "a=1", says: "--json-path 'a=1' is not a path with a condition",
                advice: "Use a form such as '$.checkingAccounts[0].brandName=NuBank'."),
            Rejection(
                "--json-path", "!$.a=1", says: "--json-path '!$.a=1' is not a path with a condition",
                advice: "Use a form such as '$.checkingAccounts[0].brandName=NuBank'."),
            Rejection("--text", "", says: "--text is empty", advice: "Run 'callbox help filters'."),
        ])
    func rejected(_ rejection: Rejection) throws {
        let options = try FilterOptions.parse(rejection.arguments)
        #expect(throws: rejection.failure) { try options.filter(now: Timestamp(millisecondsSinceEpoch: 0)) }
    }
}
