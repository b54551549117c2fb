internal import ArgumentParser

struct ArchiveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "archive",
        abstract: "Look after the archive.",
        subcommands: [
            Stats.self, Info.self, Check.self, Rebuild.self, Train.self, Repack.self, Prune.self, Hold.self,
            Access.self, Vacuum.self, Backup.self, Restore.self,
        ])
}
