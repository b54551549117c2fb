internal import ArgumentParser
internal import CallboxConfiguration
internal import CallboxServer
internal import Journal
internal import Presentation
internal import ReportIndex
internal import TerminalOutput

extension ArchiveCommand {
    struct Backup: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "backup",
            abstract: "Copy the journal into one file and verify the copy.",
            usage: "callbox archive backup <file> [--no-verify] [--full-speed]",
            discussion: """
                Works while a server runs. The file gets its name when it is complete; only its owner can read it. It \
                contains all data, because the index can be rebuilt from the journal. Protect it like the archive.

                EXAMPLES
                  callbox archive backup /backups/callbox-monday.sqlite
                """)

        @OptionGroup var options: ConfigurationOptions

        @Argument(help: "The new file.")
        var file: String

        @Flag(inversion: .prefixedNo, help: "Verify the copy: every body and the hash chain.")
        var verify = true

        @Flag(help: "Copy without pausing for the server's disk access.")
        var fullSpeed = false

        func run() async throws {
            let console = options.console
            let directory = ArchiveDirectory(path: try options.archivePath())
            let copy = JournalFile(path: file)
            try copying(console) { progress in
                let reader = try JournalReader(directory.journal)
                defer { reader.close() }
                return try reader.backUp(
                    to: copy, pause: fullSpeed ? .zero : .milliseconds(5), progress: progress)
            }
            if verify { try checkCopy(copy, console) }
            try console.print("\(TerminalText.escape(file)): \(HumanText.byteCount(copy.byteCount))")
        }
    }

    struct Restore: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "restore",
            abstract: "Create an archive from a backup.",
            usage: "callbox archive restore <file> [--erasures-from <dir>] [--no-verify]",
            discussion: """
                The backup is verified first and not changed. If the archive already exists, stop the server and \
                move the archive's directory away. A backup still contains data that was pruned later. \
                --erasures-from removes this data again, as recorded in the old archive.

                EXAMPLES
                  callbox archive restore /backups/callbox-monday.sqlite
                  callbox archive restore monday.sqlite --erasures-from storage/data.old
                """)

        @OptionGroup var options: ConfigurationOptions

        @Argument(help: "The backup.")
        var file: String

        @Option(help: ArgumentHelp("The archive that was backed up.", valueName: "dir"))
        var erasuresFrom: String?

        @Flag(inversion: .prefixedNo, help: "Verify the backup first: every body and the hash chain.")
        var verify = true

        func run() async throws {
            let console = options.console
            let configuration = try options.load()
            let directory = ArchiveDirectory(path: configuration.archivePath)
            guard try !translating({ try directory.exists }) else {
                throw CommandFailure(
                    .cannotCreate, "\(directory.path) already has an archive",
                    advice: "Stop the server and move the directory away.")
            }
            guard try translating({ try FileSystem.exists(file) }) else {
                throw CommandFailure(
                    .missingInput, "there is no backup at \(TerminalText.escape(file))",
                    advice: "Name the file that 'callbox archive backup' wrote.")
            }
            let backup = JournalFile(path: file)
            if verify { try checkCopy(backup, console) }
            try copying(console) { try directory.restore(from: backup, progress: $0) }
            if let erasuresFrom {
                do {
                    try applyErasures(of: ArchiveDirectory(path: erasuresFrom), to: directory, console)
                } catch {
                    // The restored journal may still contain data that was erased from the old archive.
                    FileSystem.removeDatabase(directory.journal.path)
                    throw error
                }
            }
            _ = try await ArchiveAccess(configuration, console: console).run(.reindex)
            try console.print("\(TerminalText.escape(directory.path)): \(HumanText.byteCount(directory.byteCount))")
        }

        private func applyErasures(
            of old: ArchiveDirectory, to restored: ArchiveDirectory, _ console: Console
        ) throws {
            let reader = try JournalReader(restored.journal)
            defer { reader.close() }
            let archive = try JournalReader(old.journal)
            defer { archive.close() }
            let erasures = try LaterErasures(archive, after: try reader.end())
            guard !erasures.isEmpty else { return console.note("nothing was pruned after the backup") }
            let writer = try JournalWriter(restored)
            defer { writer.close() }
            try erasures.apply(to: writer, reader, at: SystemClock.now())
        }
    }
}

/// Copies and shows progress. Ctrl-C stops the copy and removes its incomplete file.
private func copying(_ console: Console, _ copy: (_ progress: (Int, Int) -> Bool) throws -> Bool) throws {
    Interruption.note()
    defer {
        Interruption.release()
        console.progress("")
    }
    let isComplete = try copy { done, total in
        console.progress("copied \(total == 0 ? 0 : done * 100 / total) %")
        return !Interruption.hasHappened
    }
    guard isComplete else { throw ExitStatus.interrupted }
}

private func checkCopy(_ file: JournalFile, _ console: Console) throws {
    let found = try JournalCheck.run(file, console)
    guard found.findings.isEmpty else {
        for finding in found.findings { console.note(TerminalText.escape(finding)) }
        throw CommandFailure(.damagedData, "\(file.path) is damaged", advice: "Use another backup, or make a new one.")
    }
    console.note(
        "\(HumanText.count(found.deliveryCount, "delivery", "deliveries")) verified, chain ends at \(found.end.text)")
}
