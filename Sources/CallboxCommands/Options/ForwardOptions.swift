internal import ArgumentParser
internal import CallboxConfiguration
internal import Deliveries
internal import Foundation
internal import Journal
internal import OutboundHTTP
internal import Relay
internal import Replay
internal import ReportIndex
internal import Tail
internal import TerminalOutput

/// The options that forward deliveries as they arrive.
struct ForwardOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Forward each delivery to this URL, in order.", valueName: "url"))
    var forwardTo: String?

    @Option(help: ArgumentHelp("Save the position under this name.", valueName: "name", visibility: .shared))
    var forwardName = "default"

    @Flag(help: "Sign again with the source's secret.")
    var sign = false

    @Option(
        help: ArgumentHelp(
            "Statuses that are accepted, such as 2xx or 200,204.", valueName: "statuses", visibility: .shared))
    var expect = "2xx"

    @Option(help: ArgumentHelp("Timeout of one request.", valueName: "duration", visibility: .shared))
    var timeout = "30s"

    @Flag(name: .shortAndLong, help: "Confirm sending to a production host.")
    var yes = false

    @OptionGroup(visibility: .shared) var guards: TargetOptions

    func validate() throws {
        let isUsed = sign || yes || forwardName != "default" || expect != "2xx"
        guard forwardTo != nil || !isUsed else {
            throw ValidationError("--sign, --expect, --forward-name and --yes require --forward-to")
        }
        guard RelaySettings.isName(forwardName) else {
            throw ValidationError("--forward-name must be 1 to 40 characters from a-z, 0-9, '-' and '_'")
        }
        try OptionCheck.statuses(expect)
        _ = try OptionCheck.duration(timeout, "--timeout")
        guard forwardTo?.utf8.count ?? 0 <= 8192 else {
            throw ValidationError("--forward-to must be at most 8192 bytes")
        }
    }

    /// Checks the URL of `--forward-to` and prepares requests to it; nil without the flag.
    func target(
        _ configuration: CallboxConfiguration, _ console: Console
    ) async throws(CommandFailure) -> ForwardTarget? {
        guard let url = forwardTo else { return nil }
        let client = try guards.client(for: [url], configuration, isConfirmed: yes, console)
        // Omits the query, which may contain a credential.
        let shown = TerminalText.escape(String(Substring(url.utf8.prefix { $0 != UInt8(ascii: "?") })))
        do throws(OutboundFailure) {
            try await client.check(url)
        } catch {
            throw CommandFailure(
                .usage, "cannot forward to \(shown): \(error.text)",
                advice: "Use a URL such as http://localhost:3000/path.")
        }
        var generator = SystemRandomNumberGenerator()
        var settings = ReplaySettings(to: url)
        settings.signs = sign
        var preparation = try translating {
            try ReplayPreparation(
                settings, configuration, environment: ProcessInfo.processInfo.environment, now: SystemClock.now)
        }
        preparation.runID = UUIDv7(at: SystemClock.now(), using: &generator).description
        return ForwardTarget(
            name: forwardName, expected: ExpectedStatuses(expect) ?? .success,
            preparation: preparation,
            sender: ReplaySender(client: client, timeout: Quantity.duration(timeout) ?? .seconds(30)),
            archive: ArchiveDirectory(path: configuration.archivePath))
    }
}

/// A checked target of `--forward-to`.
struct ForwardTarget: Sendable {
    let name: String
    let expected: ExpectedStatuses
    let preparation: ReplayPreparation
    let sender: ReplaySender
    let archive: ArchiveDirectory

    func relay(
        _ settings: RelaySettings, record: @escaping @Sendable (JournalRecord) async throws -> Void,
        report: @escaping @Sendable (RelayEvent) -> Void
    ) -> Relay {
        var settings = settings
        settings.name = name
        settings.expected = expected
        return Relay(
            settings, of: FollowedArchive(archive), preparation: preparation, sender: sender,
            environment: ProcessInfo.processInfo.environment, now: SystemClock.now, record: record,
            describe: { CommandFailure(translating: $0).message }, report: report)
    }
}

extension RelaySettings {
    /// Selects the deliveries that match a filter, from the filter's `since` or else from `start`.
    init(_ filter: ReportFilter, from start: Start) {
        self.init()
        self.filter = filter
        self.filter.since = nil
        self.start = filter.since.map { .since($0) } ?? start
    }
}
