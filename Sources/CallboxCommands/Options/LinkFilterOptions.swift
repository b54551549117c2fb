internal import ArgumentParser
internal import Deliveries
internal import Journal
internal import Providers
internal import ReportIndex
internal import TerminalOutput

/// Link filters. Values of one flag are alternatives, except that all keys and all externalInfo values must match.
struct LinkFilterOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "\(HumanText.list(Self.providerNames, "or")); a provider includes all of its APIs.", valueName: "name"),
        completion: .list(Self.providerNames))
    var provider: [String] = []

    @Option(help: ArgumentHelp("Value in externalInfo, such as traceId=t-1.", valueName: "key=value"))
    var external: [String] = []

    @Option(help: ArgumentHelp("Key of the link, such as reportId=case-001.", valueName: "name=value"))
    var field: [String] = []

    @Option(help: ArgumentHelp("Requested since this time: 7d, today or 2026-11-21.", valueName: "time"))
    var since: String?

    @Flag(help: "Compare bytes; do not ignore case and accents.")
    var exact = false

    var isEmpty: Bool { provider.isEmpty && external.isEmpty && field.isEmpty && since == nil }

    private static var providerNames: [String] {
        CallboxCommand.providers.descriptors.filter { !$0.callableAPIs.isEmpty }.flatMap(\.filterNames)
    }

    func filter(now: Timestamp, clock: DayClock = .utc) throws(CommandFailure) -> LinkFilter {
        try FilterOptions.checkProviders(provider, among: Self.providerNames, " with links")
        var filter = LinkFilter()
        filter.providers = provider.flatMap(CallboxCommand.providers.apis)
        filter.fields = try FilterOptions.fields(external: external, field: field, command: "links list")
        filter.folds = !exact
        filter.since = try since.map { text throws(CommandFailure) in
            try FilterOptions.moment(text, "--since", now, clock)
        }
        return filter
    }
}

extension LinkID {
    init(argument text: String) throws(CommandFailure) {
        self.init(rawValue: try OptionCheck.id(text, ofA: "link", list: "links list"))
    }
}
