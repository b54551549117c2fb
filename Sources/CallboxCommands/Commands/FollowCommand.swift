internal import ArgumentParser
internal import CallboxConfiguration
internal import CallboxServer

/// `callbox follow`: a query node, or a standby.
struct FollowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "follow",
        abstract: "Copy another journal into the archive until SIGTERM or Ctrl-C.",
        usage: "callbox follow [--from <url>] [<options>]",
        discussion: """
            The journal is that of another Callbox, or one that servers share in PostgreSQL. Other commands query the \
            copy. Opens no port for deliveries. 'callbox archive promote' makes a copy of a Callbox the primary.

            EXAMPLES
              callbox follow --from https://cb.test:8789 --token-file token --archive copy
              callbox follow --from postgres://callbox@db.example.com/callbox --archive copy
            """)

    @OptionGroup var options: ConfigurationOptions

    @Option(
        help: ArgumentHelp(
            "A Callbox's replication listener, or a PostgreSQL database. "
                + "(default: replication.from or journal.url of the configuration)",
            valueName: "url"))
    var from: String?

    @OptionGroup var primary: PrimaryOptions

    func run() async throws {
        try await ServeCommand.serve { [options, from, primary] environment in
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
            return configuration
        }
    }
}
