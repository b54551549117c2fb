internal import ArgumentParser
internal import Deliveries
internal import Foundation
internal import ReportArchive

extension ArchiveCommand {
    struct Backup: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "backup",
            abstract: "Copy the archive, as it is at this moment, into one file, and check the copy.",
            usage: "callbox archive backup <file> [--no-verify] [--full-speed] [<options>]",
            discussion: """
                Safe beside a running server, which goes on; the log beside the archive grows until the copy is done. \
                The file appears under its name when it is whole. It holds everything the archive holds, readable for \
                its owner alone: keep it as safe.

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
            let reader = try ArchiveAccess(try options.load(), console: console).openReader()
            let copy = ArchiveLocation(path: file)
            try reading { () throws(ArchiveReadFailure) in
                try reader.backUp(to: copy, pause: fullSpeed ? .zero : .milliseconds(5)) { done, total in
                    console.progress("copied \(total == 0 ? 0 : done * 100 / total) %")
                }
            }
            console.progress("")
            if verify { try CheckedCopy.check(copy, console) }
            try console.print("\(TerminalText.escape(file)): \(HumanText.byteCount(copy.byteCount))")
        }
    }

    struct Restore: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "restore",
            abstract: "Put a backup in the archive's place.",
            usage: "callbox archive restore <file> [--no-verify] [<options>]",
            discussion: """
                The backup is checked first and stays as it is. There must be no archive yet: move an old one away, \
                with its -wal and -shm, after the server was stopped.

                EXAMPLES
                  callbox archive restore /backups/callbox-monday.sqlite
                """)

        @OptionGroup var options: ConfigurationOptions

        @Argument(help: "The backup.")
        var file: String

        @Flag(inversion: .prefixedNo, help: "Read the backup first, every body and the chain.")
        var verify = true

        func run() async throws {
            let console = options.console
            let location = ArchiveLocation(path: try options.load().archivePath)
            guard !location.exists else {
                throw CommandFailure(
                    .cannotCreate, "there is an archive at \(location.path) already",
                    advice: "Stop the server and move it away, with the -wal and -shm files beside it.")
            }
            let backup = ArchiveLocation(path: file)
            if verify { try CheckedCopy.check(backup, console) }
            try reading { () throws(ArchiveReadFailure) in
                try location.restore(from: backup) { done, total in
                    console.progress("copied \(total == 0 ? 0 : done * 100 / total) %")
                }
            }
            console.progress("")
            try console.print("\(TerminalText.escape(location.path)): \(HumanText.byteCount(location.byteCount))")
        }
    }
}

/// A copy that reads back as it was written, or a failure.
private enum CheckedCopy {
    static func check(_ location: ArchiveLocation, _ console: Console) throws {
        let reader: ArchiveReader
        do throws(ArchiveError) {
            reader = try ArchiveReader(location)
        } catch {
            throw CommandFailure(error)
        }
        let check = try reading { () throws(ArchiveReadFailure) in
            try reader.check { console.progress("checked up to delivery \($0)") }
        }
        console.progress("")
        guard check.findings.isEmpty else {
            for finding in check.findings { console.note(TerminalText.escape(finding)) }
            throw CommandFailure(
                .damagedData, "\(location.path) does not read back as it was written",
                advice: "'callbox archive check --archive \(location.path)' shows all of it.")
        }
        console.note(
            "\(HumanText.count(check.deliveryCount, "delivery", "deliveries")) checked, chain ends at \(check.end.text)"
        )
    }
}
