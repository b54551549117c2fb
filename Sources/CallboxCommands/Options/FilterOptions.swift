internal import ArgumentParser
internal import Deliveries
internal import Providers
internal import ReportIndex
internal import TerminalOutput
internal import TextForms

/// Report filters. Values of one flag are alternatives; conditions of different flags must all be true.
struct FilterOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "\(HumanText.list(CallboxCommand.providers.filterNames, "or")); a provider includes all of its APIs.",
            valueName: "name", visibility: .shared), completion: .list(CallboxCommand.providers.filterNames))
    var provider: [String] = []

    @Option(
        help: ArgumentHelp("Configured source.", valueName: "name", visibility: .shared),
        completion: LiveNames.sources)
    var source: [String] = []

    @Option(
        help: ArgumentHelp(
            "Report type, such as pf_checking_account.", valueName: "name", visibility: .shared),
        completion: LiveNames.types)
    var type: [String] = []

    @Option(
        help: ArgumentHelp("Topic that a route assigned.", valueName: "name", visibility: .shared),
        completion: LiveNames.topics)
    var topic: [String] = []

    @Flag(help: ArgumentHelp("Only reports that no route matched.", visibility: .shared))
    var unrouted = false

    @Option(
        help: ArgumentHelp(
            "Received at or after this time: 7d, 24h, 30m, today, 2026-11-21, RFC 3339 or Unix time.",
            valueName: "time", visibility: .shared))
    var since: String?

    @Option(
        help: ArgumentHelp(
            "Received before this time; accepts the same forms as --since.", valueName: "time", visibility: .shared))
    var until: String?

    @Option(
        help: ArgumentHelp(
            "verified, unverified, fetched or failed; failed means released from quarantine.", valueName: "state",
            visibility: .shared), completion: .list(Verification.names), transform: Verification.parse)
    var verification: [Verification] = []

    @Option(
        help: ArgumentHelp(
            "Value of externalInfo, such as traceId=t-1 or customization.institutions=033.", valueName: "key=value",
            visibility: .shared),
        completion: LiveNames.external)
    var external: [String] = []

    @Option(
        help: ArgumentHelp(
            "Indexed field, such as linkId=… or application.id=….", valueName: "name=value", visibility: .shared),
        completion: LiveNames.fields)
    var field: [String] = []

    @Option(
        help: ArgumentHelp(
            "Value in the body, such as '$.accounts[*].balance>100'. Reads bodies.", valueName: "path=value",
            visibility: .shared))
    var jsonPath: [String] = []

    @Option(
        help: ArgumentHelp(
            "Text in the body or externalInfo; ignores case and accents. Reads bodies.", valueName: "text",
            visibility: .shared))
    var text: [String] = []

    @Flag(help: ArgumentHelp("Compare bytes; do not ignore case and accents.", visibility: .shared))
    var exact = false

    /// - Parameter clock: the time zone of dates without a zone.
    func filter(now: Timestamp, clock: DayClock = .utc) throws(CommandFailure) -> ReportFilter {
        let providers = CallboxCommand.providers
        try Self.checkProviders(provider, among: providers.filterNames)
        guard topic.isEmpty || !unrouted else {
            throw CommandFailure(.usage, "--topic and --unrouted cannot be combined")
        }
        var filter = ReportFilter()
        filter.providers = provider.flatMap(providers.apis)
        filter.sources = source
        filter.types = type
        filter.topics = topic
        filter.folds = !exact
        filter.isUnrouted = unrouted
        if let since { filter.since = try Self.moment(since, "--since", now, clock) }
        if let until { filter.until = try Self.moment(until, "--until", now, clock) }
        if let since = filter.since, let until = filter.until, since >= until {
            throw CommandFailure(
                .usage, "--until (\(until.rfc3339)) is not after --since (\(since.rfc3339)), so no report can match",
                advice: "For example, '--since 7d --until 24h' selects reports that are 24 hours to 7 days old.")
        }
        filter.verifications = verification
        try addConditions(external, "--external", prefix: "externalInfo.", to: &filter)
        try addConditions(field, "--field", prefix: "", to: &filter)
        for text in jsonPath { filter.bodyTests.append(try bodyTest(text)) }
        guard text.allSatisfy({ !$0.isEmpty }) else {
            throw CommandFailure(.usage, "--text is empty", advice: "Run 'callbox help filters'.")
        }
        filter.texts = text
        return filter
    }

    /// - Parameter what: the text that follows the name of an unknown provider in the error.
    static func checkProviders(_ names: [String], among known: [String], _ what: String = "") throws(CommandFailure) {
        for name in names where !known.contains(name) {
            throw CommandFailure.unknown("provider", name, among: known, suffix: what)
        }
    }

    /// True if no filter is set.
    var isEmpty: Bool { flags.allSatisfy(\.values.isEmpty) && !unrouted }

    private var flags: [(name: String, values: [String])] {
        [
            ("--provider", provider), ("--source", source), ("--type", type), ("--topic", topic),
            ("--since", since.map { [$0] } ?? []), ("--until", until.map { [$0] } ?? []),
            ("--verification", verification.map(\.rawValue)), ("--external", external), ("--field", field),
            ("--json-path", jsonPath), ("--text", text),
        ]
    }

    /// The filters as shell words, for the audit log.
    var words: String {
        let words =
            (unrouted ? ["--unrouted"] : []) + (exact ? ["--exact"] : [])
            + flags.flatMap { name, values in values.map { "\(name) \(ShellText.quote($0))" } }
        return words.isEmpty ? "all reports" : words.joined(separator: " ")
    }

    private func addConditions(
        _ texts: [String], _ flag: String, prefix: String, to filter: inout ReportFilter
    ) throws(CommandFailure) {
        for text in texts {
            guard let condition = FilterText(text) else {
                throw CommandFailure(
                    .usage, "\(flag) has no name; use \(flag) name=value", advice: "Run 'callbox help filters'.")
            }
            let name = prefix + condition.name
            if condition.relation == .equal {
                filter.fields.append(ReportField(name, condition.operand))
            } else {
                filter.fieldTests.append(FieldTest(name, try Self.test(condition, flag, folds: !exact)))
            }
        }
    }

    private static func test(
        _ condition: FilterText, _ flag: String, folds: Bool
    ) throws(CommandFailure) -> ValueTest {
        guard let test = ValueTest(condition.relation, condition.operand, folds: folds) else {
            throw CommandFailure(
                .usage, "\(flag) '\(TerminalText.escape(condition.operand))' is not a regular expression",
                advice: "Put a backslash before brackets and other special characters in literal text.")
        }
        return test
    }

    private func bodyTest(_ text: String) throws(CommandFailure) -> BodyTest {
        guard let (path, condition) = FilterText.path(text) else {
            throw CommandFailure(
                .usage, "--json-path '\(TerminalText.escape(text))' is not a path with a condition",
                advice: "Use a form such as '$.checkingAccounts[0].brandName=NuBank'.")
        }
        return BodyTest(path, try Self.test(condition, "--json-path", folds: !exact))
    }

    /// Parses the values of `--external` and `--field` for commands that accept only `=`.
    static func fields(
        external: [String], field: [String], command: String
    ) throws(CommandFailure) -> [ReportField] {
        var fields: [ReportField] = []
        for pair in external {
            fields.append(try Self.pair(pair, "--external", prefix: "externalInfo.", command: command))
        }
        for pair in field { fields.append(try Self.pair(pair, "--field", prefix: "", command: command)) }
        return fields
    }

    static func moment(
        _ text: String, _ flag: String, _ now: Timestamp, _ clock: DayClock
    ) throws(CommandFailure) -> Timestamp {
        guard let moment = MomentText.parse(text, now: now, clock: clock) else {
            throw CommandFailure(
                .usage, "\(flag) '\(TerminalText.escape(text))' is not a time",
                advice:
                    "Use 7d, 24h, 30m, today, yesterday, 2026-11-21, 2026-11-21T10:00:00Z, Unix time or an HTTP date.")
        }
        return moment
    }

    private static func pair(
        _ text: String, _ flag: String, prefix: String, command: String
    ) throws(CommandFailure) -> ReportField {
        guard let condition = FilterText(text), condition.relation == .equal else {
            throw CommandFailure(
                .usage, "\(flag) '\(TerminalText.escape(text))' is not in the form name=value",
                advice: "Run 'callbox \(command) --help'.")
        }
        return ReportField(prefix + condition.name, condition.operand)
    }
}

extension Verification: ExpressibleByArgument {}
