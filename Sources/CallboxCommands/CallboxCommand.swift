package import ArgumentParser
internal import Foundation
package import Providers
internal import ReportIndex
internal import TerminalOutput

/// `callbox`: the composition root. Commands build what they need, run it, and end with an `ExitStatus`.
package struct CallboxCommand: AsyncParsableCommand {
    package static let version = "0.1.0"

    /// The providers of every command. The one place that names the catalog; a test puts another in its place.
    @TaskLocal package static var providers: ProviderCatalog = .standard

    package static let configuration = CommandConfiguration(
        commandName: "callbox",
        abstract:
            "Receives the callbacks of \(HumanText.list(providers.providers.map(\.descriptor.title), "and")), and keeps every report.",
        discussion: """
            EXAMPLES
              callbox serve                                  listen on 127.0.0.1:8787
              callbox list --external traceId=t-1            find reports by externalInfo
              callbox show 42                                read a delivery
              callbox tail                                   follow what arrives
              callbox replay 42 --to http://localhost:3000   send it again
              callbox routes urls --base-url https://cb.example.com

            EXIT STATUSES
            \(ExitStatus.allCases.map { "\($0.rawValue < 10 ? "    " : $0.rawValue < 100 ? "   " : "  ")\($0.rawValue)  \($0.meaning)" }.joined(separator: "\n"))
            """,
        version: version,
        subcommands: [ServeCommand.self],
        groupedSubcommands: [
            CommandGroup(
                name: "Query",
                subcommands: [
                    ListCommand.self, TailCommand.self, SearchCommand.self, ShowCommand.self, DiffCommand.self,
                    TimelineCommand.self, StatsCommand.self, SQLCommand.self, ExplainCommand.self,
                ]),
            CommandGroup(name: "Transfer", subcommands: [ReplayCommand.self, ExportCommand.self, ImportCommand.self]),
            CommandGroup(
                name: "Setup",
                subcommands: [
                    RoutesCommand.self, LinksCommand.self, SignCommand.self, VerifyCommand.self, DoctorCommand.self,
                    CompletionsCommand.self,
                ]),
            CommandGroup(
                name: "Maintenance",
                subcommands: [QuarantineCommand.self, HoldCommand.self, ArchiveCommand.self, AuditCommand.self]),
            CommandGroup(name: "Help", subcommands: [FiltersCommand.self]),
        ])

    package init() {}

    /// Runs the command line of this process and ends it with the status that says how that went.
    package static func runProcess() async -> Never {
        // A reader that goes away is an error of `write`, not the end of the process; so is a limit on the size of files.
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        // Everything that is created is its owner's alone.
        umask(0o077)
        do {
            if let failure = UnknownCommand.failure(in: Array(CommandLine.arguments.dropFirst())) { throw failure }
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            Foundation.exit(ExitStatus.success.rawValue)
        } catch {
            end(with: error)
        }
    }

    private static func end(with error: any Error) -> Never {
        switch error {
        // The reader of the results has gone, as `head` does.
        case is StandardStream.BrokenPipe: Foundation.exit(ExitStatus.success.rawValue)
        case let status as ExitStatus: Foundation.exit(status.rawValue)
        default:
            guard let failure = CommandFailure(known: error) else { exit(withError: error) }
            // A message may quote a file or an argument.
            Console.standard.note(TerminalText.escapeLines(failure.description))
            Foundation.exit(failure.status.rawValue)
        }
    }
}

extension ExitStatus: Error {}
