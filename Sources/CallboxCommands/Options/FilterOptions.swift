internal import ArgumentParser
internal import Deliveries
internal import Foundation
internal import ReportArchive

/// Which reports a command is about. A flag that stands several times means any of its values; different flags mean all.
struct FilterOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "klavi, certn (both APIs), certn-legacy, certn-centric, ezid, certificall, generic or standard-webhooks.",
            valueName: "name"))
    var provider: [String] = []

    @Option(help: ArgumentHelp("A source of the configuration.", valueName: "name"))
    var source: [String] = []

    @Option(help: ArgumentHelp("The provider's name for the report, such as pf_checking_account.", valueName: "name"))
    var kind: [String] = []

    @Option(help: ArgumentHelp("The box that a route filed it into.", valueName: "name"))
    var box: [String] = []

    @Flag(help: "Only reports that no route took.")
    var unrouted = false

    @Option(help: ArgumentHelp("Arrived at or after: 7d, 24h, 30m, today, 2026-11-21 or RFC 3339.", valueName: "time"))
    var since: String?

    @Option(help: ArgumentHelp("Arrived before, written as for --since.", valueName: "time"))
    var until: String?

    @Option(
        help: ArgumentHelp(
            "A value of externalInfo, such as traceId=t-1 or customization.institutions=033.", valueName: "key=value"))
    var external: [String] = []

    @Option(
        help: ArgumentHelp("A provider's identifier, such as linkId=… or application.id=….", valueName: "name=value"))
    var field: [String] = []

    static let providerNames = [
        "klavi", "certn", "certn-legacy", "certn-centric", "ezid", "certificall", "generic", "standard-webhooks",
    ]

    func filter(now: Timestamp) throws(CommandFailure) -> ReportFilter {
        for name in provider where !Self.providerNames.contains(name) {
            throw CommandFailure(
                .usage, "there is no provider '\(TerminalText.escape(name))'",
                advice: NearestName.of(name, among: Self.providerNames).map { "Did you mean '\($0)'?" }
                    ?? "There are \(Self.providerNames.joined(separator: ", ")).")
        }
        guard box.isEmpty || !unrouted else {
            throw CommandFailure(.usage, "--box and --unrouted exclude each other", advice: "Take out one of them.")
        }
        var filter = ReportFilter()
        filter.providers = provider
        filter.sources = source
        filter.kinds = kind
        filter.boxes = box
        filter.isUnrouted = unrouted
        if let since { filter.since = try Self.moment(since, "--since", now) }
        if let until { filter.until = try Self.moment(until, "--until", now) }
        filter.fields = try Self.fields(external: external, field: field)
        return filter
    }

    /// The values of `--external` and `--field`.
    static func fields(external: [String], field: [String]) throws(CommandFailure) -> [ReportField] {
        var fields: [ReportField] = []
        for pair in external { fields.append(try Self.pair(pair, "--external", prefix: "externalInfo.")) }
        for pair in field { fields.append(try Self.pair(pair, "--field", prefix: "")) }
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

/// Times as people give them to a filter.
enum MomentText {
    /// `7d` and the like reach back from `now`; `today` and `yesterday` begin at midnight UTC, and so does a date.
    static func parse(_ text: String, now: Timestamp) -> Timestamp? {
        let today = now.rfc3339.prefix(10)
        switch text {
        case "now": return now
        case "today": return Timestamp(rfc3339: "\(today)T00:00:00Z".utf8)
        case "yesterday": return Timestamp(rfc3339: "\(today)T00:00:00Z".utf8)?.advanced(byMilliseconds: -86_400_000)
        default: break
        }
        if let ago = Quantity.duration(text) { return now.advanced(byMilliseconds: -ago.milliseconds) }
        return Timestamp(rfc3339: text.utf8) ?? Timestamp(rfc3339: "\(text)T00:00:00Z".utf8)
    }
}
