internal import ArgumentParser
internal import CallboxConfiguration
internal import Deliveries
internal import Foundation
internal import Journal
internal import Providers
internal import ReportIndex
internal import TerminalOutput

/// Which reports a command is about. A flag that stands several times means any of its values; different flags mean all.
struct FilterOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "\(HumanText.list(CallboxCommand.providers.filterNames, "or")); a provider stands for all of its APIs.",
            valueName: "name"), completion: .list(CallboxCommand.providers.filterNames))
    var provider: [String] = []

    @Option(help: ArgumentHelp("A source of the configuration.", valueName: "name"), completion: LiveNames.sources)
    var source: [String] = []

    @Option(
        help: ArgumentHelp("The provider's name for the report, such as pf_checking_account.", valueName: "name"),
        completion: LiveNames.types)
    var type: [String] = []

    @Option(
        help: ArgumentHelp("The topic that a route filed it into.", valueName: "name"), completion: LiveNames.topics)
    var topic: [String] = []

    @Flag(help: "Only reports that no route took.")
    var unrouted = false

    @Option(help: ArgumentHelp("Arrived at or after: 7d, 24h, 30m, today, 2026-11-21 or RFC 3339.", valueName: "time"))
    var since: String?

    @Option(help: ArgumentHelp("Arrived before, written as for --since.", valueName: "time"))
    var until: String?

    @Option(
        help: ArgumentHelp(
            "verified, unverified, fetched, or failed for what was let in by force.", valueName: "state"))
    var verification: [Verification] = []

    @Option(
        help: ArgumentHelp(
            "A value of externalInfo, such as traceId=t-1 or customization.institutions=033.", valueName: "key=value"),
        completion: LiveNames.external)
    var external: [String] = []

    @Option(
        help: ArgumentHelp("A provider's identifier, such as linkId=… or application.id=….", valueName: "name=value"),
        completion: LiveNames.fields)
    var field: [String] = []

    @Option(
        help: ArgumentHelp(
            "A value in the body, such as '$.accounts[*].balance>100'. Opens bodies.", valueName: "path=value"))
    var jsonPath: [String] = []

    @Option(
        help: ArgumentHelp(
            "A text in the body or externalInfo, in any case of letters. Opens bodies.", valueName: "text")
    )
    var text: [String] = []

    func filter(now: Timestamp) throws(CommandFailure) -> ReportFilter {
        let providers = CallboxCommand.providers
        for name in provider where !providers.filterNames.contains(name) {
            throw CommandFailure(
                .usage, "there is no provider '\(TerminalText.escape(name))'",
                advice: NearestName.of(name, among: providers.filterNames).map { "Did you mean '\($0)'?" }
                    ?? "There are \(providers.filterNames.joined(separator: ", ")).")
        }
        guard topic.isEmpty || !unrouted else {
            throw CommandFailure(.usage, "--topic and --unrouted exclude each other", advice: "Take out one of them.")
        }
        var filter = ReportFilter()
        filter.providers = provider.flatMap(providers.apis)
        filter.sources = source
        filter.types = type
        filter.topics = topic
        filter.isUnrouted = unrouted
        if let since { filter.since = try Self.moment(since, "--since", now) }
        if let until { filter.until = try Self.moment(until, "--until", now) }
        if let since = filter.since, let until = filter.until, since >= until {
            throw CommandFailure(
                .usage, "--until is not after --since, so nothing can match",
                advice: "'--since 7d --until 24h' is between a week and a day ago.")
        }
        filter.verifications = verification
        try addConditions(external, "--external", prefix: "externalInfo.", to: &filter)
        try addConditions(field, "--field", prefix: "", to: &filter)
        for text in jsonPath { filter.bodyTests.append(try Self.bodyTest(text)) }
        guard text.allSatisfy({ !$0.isEmpty }) else {
            throw CommandFailure(.usage, "--text needs a text to look for", advice: "See 'callbox help filters'.")
        }
        filter.texts = text
        return filter
    }

    /// The flags as a shell takes them, for the access log.
    var words: String {
        let flags = [
            ("--provider", provider), ("--source", source), ("--type", type), ("--topic", topic),
            ("--since", since.map { [$0] } ?? []), ("--until", until.map { [$0] } ?? []),
            ("--verification", verification.map(\.rawValue)), ("--external", external), ("--field", field),
            ("--json-path", jsonPath), ("--text", text),
        ]
        let words =
            (unrouted ? ["--unrouted"] : [])
            + flags.flatMap { name, values in values.map { "\(name) \(ShellText.quote($0))" } }
        return words.isEmpty ? "every report" : words.joined(separator: " ")
    }

    private func addConditions(
        _ texts: [String], _ flag: String, prefix: String, to filter: inout ReportFilter
    ) throws(CommandFailure) {
        for text in texts {
            guard let condition = FilterText(text) else {
                throw CommandFailure(
                    .usage, "\(flag) needs a name, such as \(flag) name=value",
                    advice: "'callbox help filters' shows what else it takes.")
            }
            let name = prefix + condition.name
            if condition.relation == .equal {
                filter.fields.append(ReportField(name, condition.operand))
            } else {
                filter.fieldTests.append(FieldTest(name, try condition.test(flag)))
            }
        }
    }

    private static func bodyTest(_ text: String) throws(CommandFailure) -> BodyTest {
        guard let (path, condition) = FilterText.path(text) else {
            throw CommandFailure(
                .usage, "--json-path does not understand '\(TerminalText.escape(text))'",
                advice: "Write a path and a condition, such as '$.checkingAccounts[0].brandName=NuBank'.")
        }
        return BodyTest(path, try condition.test("--json-path"))
    }

    /// The values of `--external` and `--field`.
    static func fields(
        external: [String], field: [String], command: String = "list"
    ) throws(CommandFailure) -> [ReportField] {
        var fields: [ReportField] = []
        for pair in external {
            fields.append(try Self.pair(pair, "--external", prefix: "externalInfo.", command: command))
        }
        for pair in field { fields.append(try Self.pair(pair, "--field", prefix: "", command: command)) }
        return fields
    }

    static func moment(_ text: String, _ flag: String, _ now: Timestamp) throws(CommandFailure) -> Timestamp {
        guard let moment = MomentText.parse(text, now: now) else {
            throw CommandFailure(
                .usage, "\(flag) does not understand '\(TerminalText.escape(text))'",
                advice: "Write 7d, 24h, 30m, today, yesterday, 2026-11-21 or 2026-11-21T10:00:00Z.")
        }
        return moment
    }

    /// The values of another flag that takes names and values.
    static func pairs(_ texts: [String], _ flag: String) throws(CommandFailure) -> [ReportField] {
        var pairs: [ReportField] = []
        for text in texts { pairs.append(try pair(text, flag, prefix: "", command: "links create")) }
        return pairs
    }

    private static func pair(
        _ text: String, _ flag: String, prefix: String, command: String = "list"
    ) throws(CommandFailure) -> ReportField {
        guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
            throw CommandFailure(
                .usage, "\(flag) needs a name and a value, such as \(flag) name=value",
                advice: "See 'callbox \(command) --help'.")
        }
        return ReportField(prefix + text[..<equals], String(text[text.index(after: equals)...]))
    }
}

extension Verification: ExpressibleByArgument {}
