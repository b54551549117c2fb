import ArgumentParser

/// Measures Callbox, the listener without an application, and other products on the same machine.
@main
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "callbox-bench",
        abstract: "Measure Callbox. Benchmarks/README.md describes the measurements.",
        subcommands: [
            SuiteCommand.self, CompareCommand.self, PeersCommand.self, PacedCommand.self, SlowDiskCommand.self,
            LagCommand.self, HostileCommand.self, HandOverCommand.self, SharedCommand.self, ReplayCommand.self,
            SizeCommand.self, ScaleCommand.self, QueriesCommand.self, RestartCommand.self, SynthesizeCommand.self,
            IntakeCommand.self,
            BareCommand.self,
        ],
        defaultSubcommand: SuiteCommand.self)
}
