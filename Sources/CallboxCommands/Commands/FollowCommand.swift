internal import ArgumentParser
internal import CallboxConfiguration
internal import CallboxServer
internal import Foundation
internal import SharedJournal
internal import StrictJSON
internal import TerminalOutput

/// `callbox follow`: runs a query node or a standby.
struct FollowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "follow",
        abstract: "Copy another journal into the archive until SIGTERM or Ctrl-C.",
        usage: "callbox follow [--from <url>] [--once] [<options>]",
        discussion: """
            Copies the journal of another Callbox, or a shared journal in PostgreSQL. Other commands query the \
            copy. This command opens no port for deliveries. 'callbox archive promote' turns \
            the copy of a Callbox journal into the primary.

            EXAMPLES
              callbox follow --from https://cb.test:8789 --token-file token --archive copy
              callbox follow --from postgres://callbox@db.test/callbox --archive copy
              callbox follow --once --archive copy
            """)

    @OptionGroup var options: ConfigurationOptions

    @Option(
        help: ArgumentHelp(
            "The replication listener of a Callbox server, or a PostgreSQL database. "
                + "(default: replication.from or journal.url of the configuration)",
            valueName: "url"))
    var from: String?

    @OptionGroup var primary: PrimaryOptions

    @Option(
        help: ArgumentHelp(
            "Name of this copy, unique in the journal. (default: 'node' in the configuration, or the host name)",
            valueName: "name"))
    var node: String?

    @Flag(help: "Copy and index the current entries, print their number, and exit.")
    var once = false

    @OptionGroup var formats: ViewFormatOptions

    func validate() throws {
        guard node.map(CallboxConfiguration.isNodeName) ?? true else {
            throw ValidationError("--node must be 1 to 40 characters from a-z, 0-9, '-' and '_'")
        }
        guard once || formats.format == nil else { throw ValidationError("--format requires --once") }
    }

    func run() async throws {
        guard once else { return try await ServeCommand.serve(settings) }
        CoreDumps.turnOff()
        let configuration = try settings(ProcessInfo.processInfo.environment)
        let console = options.console
        let copy: CopyOnce
        do {
            copy = try await CopyOnce(configuration, now: SystemClock.now) { console.progress($0) }
        } catch {
            throw CommandFailure(translating: error)
        }
        try formats.print(copy.json, [copy.line], on: console)
    }

    /// The configuration merged with the options of this command.
    @Sendable private func settings(_ environment: [String: String]) throws -> CallboxConfiguration {
        var configuration = try options.load(environment: environment)
        configuration.receives = false
        if let from, from.hasPrefix("postgres") {
            try configuration.share(from)
        } else if from != nil || configuration.journal == nil {
            configuration.journal = nil
            try primary.merge(from, into: &configuration)
            guard try translating({ try configuration.primaryAddress(environment) }) != nil else {
                throw CommandFailure(
                    .usage, "no journal to copy is configured", advice: "Pass its URL with --from.")
            }
        }
        if let node {
            configuration.journal?.node = node
            configuration.replication.node = node
        }
        return configuration
    }
}

extension CopyOnce {
    /// One JSON object. docs/cli-json.md lists its members.
    fileprivate var json: JSONText {
        .object([.init("copied", .integer(copiedCount)), .init("lastId", .integer(position))])
    }

    fileprivate var line: String {
        guard copiedCount > 0 else { return "the copy is up to date, at entry \(position)" }
        return "copied \(HumanText.count(copiedCount, "entry", "entries")), up to entry \(position)"
    }
}
