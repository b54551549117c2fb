internal import ArgumentParser
internal import CallboxConfiguration
internal import CallboxServer
internal import Deliveries
internal import Foundation
internal import Journal
internal import ReportIndex
internal import TerminalOutput

extension ArchiveCommand {
    struct Backup: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "backup",
            abstract: "Copy the journal into one file and verify the copy.",
            usage: "callbox archive backup <file> [--no-verify] [--full-speed] [<options>]",
            discussion: """
                Safe beside a running server; the log of the journal grows until the copy is done. The file appears under its \
                name when it is whole. It holds everything: the index is rebuilt from it. Only its owner can read it; keep it \
                as safe as the archive.

                EXAMPLES
                  callbox archive backup /backups/callbox-monday.sqlite
                """)

        @OptionGroup var options: ConfigurationOptions

        @Argument(help: "Where to put it; there must be no file yet.")
        var file: String

        @Flag(inversion: .prefixedNo, help: "Read the copy back, every body and the chain.")
        var verify = true

        @Flag(help: "Without the pauses that leave the disk to a server.")
        var fullSpeed = false

        func run() async throws {
            let console = options.console
            let directory = ArchiveDirectory(path: try options.load().archivePath)
            let copy = JournalFile(path: file)
            try copying(console) { progress throws(ArchiveError) in
                let reader = try JournalReader(directory.journal)
                defer { reader.close() }
                return try reader.backUp(
                    to: copy, pause: fullSpeed ? .zero : .milliseconds(5), progress: progress)
            }
            if verify { try CheckedCopy.check(copy, console) }
            try console.print("\(TerminalText.escape(file)): \(HumanText.byteCount(copy.byteCount))")
        }
    }

    struct Restore: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "restore",
            abstract: "Make an archive from a backup.",
            usage: "callbox archive restore <file> [<options>]",
            discussion: """
                The backup is verified first and not changed. The directory must not hold an archive: stop the server and move \
                an old one away. The index is built before the command ends.

                A backup holds what was pruned after it was made. --erasures-from names the old archive, and what that pruned \
                and removed since is removed again.

                EXAMPLES
                  callbox archive restore /backups/callbox-monday.sqlite
                  callbox archive restore monday.sqlite --erasures-from storage/data.old
                """)

        @OptionGroup var options: ConfigurationOptions

        @Argument(help: "The backup.")
        var file: String

        @Option(help: ArgumentHelp("The archive that the backup was made of.", valueName: "directory"))
        var erasuresFrom: String?

        @Flag(inversion: .prefixedNo, help: "Read the backup first, every body and the chain.")
        var verify = true

        func run() async throws {
            let console = options.console
            let configuration = try options.load()
            let directory = ArchiveDirectory(path: configuration.archivePath)
            guard !directory.exists else {
                throw CommandFailure(
                    .cannotCreate, "there is an archive in \(directory.path) already",
                    advice: "Stop the server and move the directory away.")
            }
            let backup = JournalFile(path: file)
            guard FileIdentity(path: file) != nil else {
                throw CommandFailure(
                    .missingInput, "there is no backup at \(TerminalText.escape(file))",
                    advice: "Name the file that 'callbox archive backup' wrote.")
            }
            if verify { try CheckedCopy.check(backup, console) }
            try copying(console) { progress throws(ArchiveError) in
                try directory.restore(from: backup, progress: progress)
            }
            if let erasuresFrom { try applyErasures(of: ArchiveDirectory(path: erasuresFrom), to: directory, console) }
            _ = try await ArchiveAccess(configuration, console: console).run(.reindex)
            try console.print("\(TerminalText.escape(directory.path)): \(HumanText.byteCount(directory.byteCount))")
        }

        private func applyErasures(
            of old: ArchiveDirectory, to restored: ArchiveDirectory, _ console: Console
        ) throws(CommandFailure) {
            do throws(ArchiveError) {
                let reader = try JournalReader(restored.journal)
                defer { reader.close() }
                let archive = try JournalReader(old.journal)
                defer { archive.close() }
                let erasures = try LaterErasures(archive, after: try reader.end())
                guard !erasures.isEmpty else { return console.note("nothing was pruned after the backup") }
                let writer = try JournalWriter(restored)
                defer { writer.close() }
                try erasures.apply(to: writer, reader, at: SystemClock.now())
            } catch {
                // Without them the archive would hold what was erased.
                FileSystem.removeDatabase(restored.journal.path)
                throw CommandFailure(error)
            }
        }
    }
}

/// Copies with progress; Ctrl-C ends it and removes what was copied.
private func copying(
    _ console: Console, _ copy: ((Int, Int) -> Bool) throws(ArchiveError) -> Bool
) throws {
    Interruption.note()
    defer { Interruption.release() }
    let isWhole: Bool
    do throws(ArchiveError) {
        isWhole = try copy { done, total in
            console.progress("copied \(total == 0 ? 0 : done * 100 / total) %")
            return !Interruption.hasHappened
        }
    } catch {
        console.progress("")
        throw CommandFailure(error)
    }
    console.progress("")
    guard isWhole else { throw ExitStatus.interrupted }
}

/// A copy that reads back as it was written, or a failure.
private enum CheckedCopy {
    static func check(_ file: JournalFile, _ console: Console) throws {
        let found = try JournalCheck.run(file, console)
        guard found.findings.isEmpty else {
            for finding in found.findings { console.note(TerminalText.escape(finding)) }
            throw CommandFailure(.damagedData, "\(file.path) does not read back as it was written")
        }
        console.note(
            "\(HumanText.count(found.deliveryCount, "delivery", "deliveries")) verified, chain ends at \(found.end.text)"
        )
    }
}
