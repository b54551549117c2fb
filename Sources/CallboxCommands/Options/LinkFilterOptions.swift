internal import ArgumentParser
internal import CallboxConfiguration
internal import Deliveries
internal import Journal
internal import Providers
internal import ReportIndex
internal import TerminalOutput

/// Which links of the ledger a command is about. A flag that stands several times means any of its values; keys and
/// externalInfo have to be there all.
struct LinkFilterOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "\(HumanText.list(Self.providerNames, "or")); a provider stands for all of its APIs.", valueName: "name"),
        completion: .list(Self.providerNames))
    var provider: [String] = []

    @Option(help: ArgumentHelp("A value of externalInfo, such as traceId=t-1.", valueName: "key=value"))
    var external: [String] = []

    @Option(
        help: ArgumentHelp(
            "What the provider calls it, such as linkId=… or reportId=case-001.", valueName: "name=value"))
    var field: [String] = []

    @Option(help: ArgumentHelp("Asked for at or after: 7d, 24h, today, 2026-11-21 or RFC 3339.", valueName: "time"))
    var since: String?

    /// Whether no filter is given.
    var isEmpty: Bool { provider.isEmpty && external.isEmpty && field.isEmpty && since == nil }

    /// The providers that links can be ordered at, and their APIs.
    private static var providerNames: [String] {
        CallboxCommand.providers.descriptors.filter { !$0.callableAPIs.isEmpty }.flatMap(\.filterNames)
    }

    func filter(now: Timestamp, clock: DayClock = .utc) throws(CommandFailure) -> LinkFilter {
        for name in provider where !Self.providerNames.contains(name) {
            throw CommandFailure(
                .usage, "there is no provider '\(TerminalText.escape(name))' with links",
                advice: NearestName.of(name, among: Self.providerNames).map { "Did you mean '\($0)'?" }
                    ?? "There are \(Self.providerNames.joined(separator: ", ")).")
        }
        var filter = LinkFilter()
        filter.providers = provider.flatMap(CallboxCommand.providers.apis)
        filter.fields = try FilterOptions.fields(external: external, field: field)
        filter.since = try since.map { text throws(CommandFailure) in
            try FilterOptions.moment(text, "--since", now, clock)
        }
        return filter
    }
}

extension LinkID {
    /// A number as `links list` gives it.
    init(argument text: String) throws(CommandFailure) {
        guard let number = DecimalText.nonNegative(text.utf8), number > 0 else {
            throw CommandFailure(
                .usage, "'\(TerminalText.escape(text))' is no number of a link",
                advice: "'callbox links list' gives the numbers.")
        }
        self.init(rawValue: number)
    }
}
