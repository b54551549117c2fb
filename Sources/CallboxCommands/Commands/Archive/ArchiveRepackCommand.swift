internal import ArgumentParser
internal import Deliveries
internal import Foundation
internal import ReportArchive
internal import StrictJSON

extension ArchiveCommand {
    struct Repack: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "repack",
            abstract: "Store old bodies smaller, with today's dictionaries.",
            usage: "callbox archive repack [--from-start] [<options>]",
            discussion: """
                Goes through all bodies and rewrites those that get at least 3 % smaller; each is opened again and \
                compared before it takes the old one's place. It may be stopped at any time and goes on where it was. \
                Beside a server it works half of the time, so that deliveries come first.

                EXAMPLES
                  callbox archive repack
                """)

        @OptionGroup var options: ConfigurationOptions

        @Flag(help: "Begin with the first body, wherever the last run stopped.")
        var fromStart = false

        func run() async throws {
            let console = options.console
            let access = ArchiveAccess(try options.load(), console: console)
            _ = try await access.reader()
            let session = try access.writing()
            defer { session.close() }
            var last: DeliveryID? = fromStart ? DeliveryID(rawValue: 0) : nil
            var (bodyCount, repackedCount, before, after) = (0, 0, Int64(0), Int64(0))
            while true {
                let start = ContinuousClock.now
                let slice = RepackSlice(try await session.write(.upkeep(.repack(after: last))))
                guard let end = slice.last else { break }
                last = end
                bodyCount += slice.bodyCount
                repackedCount += slice.repackedCount
                before += slice.byteCountBefore
                after += slice.byteCountAfter
                console.progress(
                    "delivery \(end): \(repackedCount) of \(bodyCount) bodies repacked, "
                        + "\(HumanText.byteCount(before)) to \(HumanText.byteCount(after))")
                if session.isServed { try? await Task.sleep(for: start.duration(to: .now)) }
            }
            console.progress("")
            try console.print(
                "\(repackedCount) of \(HumanText.count(bodyCount, "body", "bodies")) repacked: "
                    + "\(HumanText.byteCount(before)) to \(HumanText.byteCount(after))")
            if repackedCount > 0 { console.note("'callbox archive vacuum' gives the space back to the file system") }
        }
    }

    struct Vacuum: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "vacuum",
            abstract: "Give free space of the archive back to the file system.",
            usage: "callbox archive vacuum [<options>]",
            discussion: """
                Works in small steps between deliveries, so it may be run beside a server and stopped at any time.

                EXAMPLES
                  callbox archive vacuum
                """)

        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let console = options.console
            let access = ArchiveAccess(try options.load(), console: console)
            let before = access.location.byteCount
            let session = try access.writing()
            do {
                defer { session.close() }
                try await session.vacuum(console)
            }
            let after = access.location.byteCount
            try console.print("\(HumanText.byteCount(before)) to \(HumanText.byteCount(after))")
            if session.isServed, after >= before {
                console.note("the file gets smaller with the server's next checkpoint")
            }
        }
    }
}

extension WritingSession {
    /// Gives free pages back, a few hundred at a time.
    func vacuum(_ console: Console) async throws(CommandFailure) {
        var left = Int64.max
        while true {
            let start = ContinuousClock.now
            let told = try await write(.upkeep(.vacuum(pageCount: 512)))
            let now = told.root["freePages"]?.integer ?? 0
            guard now > 0, now < left else { break }
            left = now
            console.progress("\(left) free pages left")
            if isServed { try? await Task.sleep(for: start.duration(to: .now)) }
        }
        console.progress("")
    }
}
