internal import ArgumentParser
internal import CallboxConfiguration
internal import Deliveries
internal import Journal
internal import ProviderClients
internal import Providers
internal import ReportIndex
internal import TerminalOutput

extension LinksCommand {
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "create",
            abstract: "Ask a provider for a link, a case or an application that calls back here.",
            discussion: """
                What is asked for is written into the ledger of the archive first. Credentials come from the environment, such \
                as CALLBOX_KLAVI_ACCESS_KEY, or from files named under 'apis' in the configuration.
                """,
            subcommands: [Klavi.self, KlaviReport.self, EZiD.self, Certn.self, Centric.self, Certilink.self])
    }
}

/// Runs code that may fail as calls do, with the failures of commands.
func calling<Value>(_ work: () throws(ProviderCallFailure) -> Value) throws(CommandFailure) -> Value {
    do throws(ProviderCallFailure) {
        return try work()
    } catch {
        throw CommandFailure(error)
    }
}

/// Makes a call, with the failures of commands.
func send<Value: Sendable>(
    _ call: ProviderCall<Value>, by client: some ProviderClient
) async throws(CommandFailure) -> Value {
    do throws(ProviderCallFailure) {
        return try await client.send(call)
    } catch {
        throw CommandFailure(error)
    }
}

extension CallboxConfiguration {
    /// The same with another address for an API, where one is given.
    func reaching(_ api: ProviderAPI, at url: String?) -> CallboxConfiguration {
        guard let url else { return self }
        var configuration = self
        configuration.apis[api, default: APISettings(api)].url = url
        configuration.overriddenAPIs.insert(api)
        return configuration
    }
}

/// Where providers reach this server, as a command is told.
enum GivenBaseURL {
    static func base(_ text: String) throws(CommandFailure) -> String {
        guard let base = CallbackURLs.base(text) else {
            throw CommandFailure(
                .usage, "'\(TerminalText.escape(text))' is no base URL",
                advice: "Write it as https://callbacks.example.com, with a path if there is one, without a query.")
        }
        return base
    }

    /// The first source of a provider.
    static func source(of provider: String, in configuration: CallboxConfiguration) throws(CommandFailure)
        -> SourceSettings
    {
        guard let source = configuration.sources.first(where: { $0.provider.name == provider }) else {
            throw CommandFailure(
                .configuration, "no source of \(provider) is configured, so nothing would be received",
                advice: "Add one under 'sources', or leave --base-url out.")
        }
        return source
    }
}

/// Points in time as a link's end is given: `30m` and `7d` from now on, or RFC 3339.
enum LinkEndText {
    static func parse(_ text: String, _ flag: String, now: Timestamp) throws(CommandFailure) -> Timestamp {
        if let duration = Quantity.duration(text), duration > .zero {
            return now.advanced(byMilliseconds: duration.milliseconds)
        }
        guard let moment = Timestamp(rfc3339: text.utf8) else {
            throw CommandFailure(
                .usage, "\(flag) does not understand '\(TerminalText.escape(text))'",
                advice: "Write a time from now, such as 7d, or 2026-12-31T23:59:59Z.")
        }
        return moment
    }
}
