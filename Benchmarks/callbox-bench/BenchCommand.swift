import ArgumentParser

/// Measures Callbox side by side with the bare listener and with what one would otherwise run.
@main
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "callbox-bench",
        abstract: "Measures Callbox: Benchmarks/README.md says what and how.",
        subcommands: [
            SuiteCommand.self, CompareCommand.self, PeersCommand.self, PacedCommand.self, SlowDiskCommand.self,
            LagCommand.self, HostileCommand.self, SharedCommand.self,
            SizeCommand.self, ScaleCommand.self, QueriesCommand.self, RestartCommand.self, SynthesizeCommand.self,
            IntakeCommand.self,
            BareCommand.self,
        ],
        defaultSubcommand: SuiteCommand.self)
}
