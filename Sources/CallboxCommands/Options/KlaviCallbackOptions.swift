internal import ArgumentParser
internal import CallboxConfiguration
internal import Deliveries
internal import ProviderClients
internal import TerminalOutput

/// Where Klavi sends reports: made of the routes, or entry by entry.
struct KlaviCallbackOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Where the providers reach this server.", valueName: "url"))
    var baseURL: String?

    @Option(
        help: ArgumentHelp(
            "An entry of productsCallbackURL: a product, 'other' or 'all', and its URL.", valueName: "key=url"))
    var callback: [String] = []

    /// Nil where nothing is given: reports then go where Klavi's Console says.
    func callbacks(_ configuration: CallboxConfiguration) throws(CommandFailure) -> ProductCallbacks? {
        guard baseURL == nil || callback.isEmpty else {
            throw CommandFailure(
                .usage, "--base-url and --callback exclude each other", advice: "Take out one of them.")
        }
        var entries: [ProductCallbacks.Entry] = []
        if let baseURL {
            let source = try GivenBaseURL.source(of: "klavi", in: configuration)
            entries = CallbackURLs.products(of: source, base: try GivenBaseURL.base(baseURL)).map {
                ProductCallbacks.Entry($0.key, $0.url)
            }
        }
        for pair in try FilterOptions.pairs(callback, "--callback") {
            entries.append(.init(pair.name, pair.value))
        }
        guard !entries.isEmpty else { return nil }
        return try calling { [entries] () throws(ProviderCallFailure) in try ProductCallbacks(entries) }
    }
}
