package import ArgumentParser
internal import Foundation
package import Providers
internal import TerminalOutput

/// The command tree of `callbox`.
package struct CallboxCommand: AsyncParsableCommand {
    package static let version = "0.1.0"

    /// The provider catalog of all commands. Tests replace the catalog through the task-local value.
    @TaskLocal package static var providers: ProviderCatalog = .standard

    package static let configuration = CommandConfiguration(
        commandName: "callbox",
        abstract: "Receive, archive, query and replay provider callbacks.",
        usage: "callbox <command> [<options>]",
        discussion: """
            Providers: \(HumanText.list(providers.providers.map(\.descriptor.title), "and")).

            EXAMPLES
              callbox serve --accept-unsigned                      try it on 127.0.0.1:8787
              callbox config urls --base-url https://cb.test       URLs for the providers
              callbox list --external traceId=t-1                  find reports
              callbox show 42                                      show a delivery
              callbox show q10 --why                               explain a rejection
              callbox replay 42 --to http://localhost:3000 --sign  send it to your code
              callbox archive prune --dry-run                      list what has expired
            """,
        version: version,
        groupedSubcommands: [
            CommandGroup(name: "Receive", subcommands: [ServeCommand.self, FollowCommand.self]),
            CommandGroup(
                name: "Query",
                subcommands: [
                    ListCommand.self, SearchCommand.self, ShowCommand.self, TailCommand.self, DiffCommand.self,
                    TimelineCommand.self, StatsCommand.self, SQLCommand.self,
                ]),
            CommandGroup(
                name: "Replay and transfer",
                subcommands: [ReplayCommand.self, ExportCommand.self, ImportCommand.self]),
            CommandGroup(name: "Links", subcommands: [LinksCommand.self]),
            CommandGroup(
                name: "Set up",
                subcommands: [
                    ConfigCommand.self, JournalCommand.self, SignCommand.self, VerifyCommand.self, DoctorCommand.self,
                    CompletionsCommand.self,
                ]),
            CommandGroup(
                name: "Maintain",
                subcommands: [QuarantineCommand.self, HoldCommand.self, ArchiveCommand.self, AuditCommand.self]),
        ])

    package init() {}

    /// Runs the command line of this process and ends the process with the exit status.
    package static func runProcess() async -> Never {
        // Because these signals are ignored, `write` returns an error on a closed pipe or at the file size limit.
        // Otherwise the process would end.
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        // Only the owner can read files that this process creates.
        umask(0o077)
        let arguments = Array(CommandLine.arguments.dropFirst())
        do {
            if let topic = HelpTopic(arguments: arguments) {
                try Console.callbox.print(topic.text)
                Foundation.exit(ExitStatus.success.rawValue)
            }
            if let failure = CommandPath(arguments).failure { throw failure }
            var command = try parseAsRoot(arguments)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            Foundation.exit(ExitStatus.success.rawValue)
        } catch {
            end(with: error, arguments)
        }
    }

    private static func end(with error: any Error, _ arguments: [String]) -> Never {
        switch error {
        // The reader of the output, for example `head`, closed the pipe.
        case is StandardStream.BrokenPipe: Foundation.exit(ExitStatus.success.rawValue)
        case let status as ExitStatus: Foundation.exit(status.rawValue)
        default: break
        }
        if let text = requestedText(error, arguments) {
            try? Console.callbox.write(text.hasSuffix("\n") ? text : text + "\n")
            Foundation.exit(ExitStatus.success.rawValue)
        }
        let failure = failure(for: error, arguments)
        // Escapes line breaks, because a message may quote a file or an argument.
        Console.callbox.note(TerminalText.escapeLines(failure.description))
        Foundation.exit(failure.status.rawValue)
    }

    /// The text to print for a request for help, the version or a completion script. ArgumentParser throws these
    /// requests as errors. Nil for other errors.
    private static func requestedText(_ error: any Error, _ arguments: [String]) -> String? {
        guard CommandFailure(known: error) == nil, exitCode(for: error) == .success else { return nil }
        let text = fullMessage(for: error)
        guard text.hasPrefix("OVERVIEW:") else { return text }
        return HelpText(
            CommandPath(arguments).command, includesHidden: arguments.contains("--help-hidden")
        ).text
    }

    /// The failure to report for any error, including errors of ArgumentParser.
    static func failure(for error: any Error, _ arguments: [String]) -> CommandFailure {
        if let failure = CommandFailure(known: error) { return failure }
        guard exitCode(for: error) == .validationFailure else { return CommandFailure(translating: error) }
        // The name that the parser suggests for an unknown option can be one of the shared options.
        let sentence = ArgumentVisibility.$includesSharedOptions.withValue(true) { message(for: error) }
        return CommandPath(arguments).usageFailure(sentence)
    }
}

extension ExitStatus: Error {}
