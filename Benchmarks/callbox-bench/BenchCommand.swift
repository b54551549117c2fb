import ArgumentParser

/// Measures the listener with and without its archive.
@main
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "callbox-bench",
        abstract: "Measures Callbox side by side with the same listener that stores nothing.",
        subcommands: [CompareCommand.self, IntakeCommand.self, BareCommand.self],
        defaultSubcommand: CompareCommand.self)
}
