internal import ArgumentParser

struct ArchiveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "archive",
        abstract: "Inspect, verify, back up and prune the archive.",
        subcommands: [
            Info.self, Verify.self, Backup.self, Restore.self, Promote.self, Prune.self, Compact.self, Reindex.self,
        ])
}
