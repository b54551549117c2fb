import ArgumentParser
import Deliveries
import Foundation

struct SynthesizeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "synthesize",
        abstract: "Write an archive of synthetic reports of all providers.",
        discussion: """
            The same seed and end produce the same deliveries. The archive can be read with the default configuration:
            callbox list --archive <directory>.
            """)

    @Option(help: "Number of reports. The archive can have up to two more.")
    var reports: Int

    @Option(help: ArgumentHelp("The directory to create. It must not exist yet.", valueName: "directory"))
    var archive: String

    @Option(help: "Approximate size of a Klavi report's body in bytes. Other types have fixed sizes.")
    var bytes = 2048

    @Option(help: "Seed of all random values.")
    var seed: UInt64 = 1

    @Option(help: "Number of days before --end over which the deliveries are spread.")
    var days = 30

    @Option(help: ArgumentHelp("Time of the last delivery, such as 2026-11-21T00:00:00Z. (default: midnight today)"))
    var end: String?

    @Flag(help: "Only Klavi's product reports.")
    var products = false

    @Flag(help: "Do not index the reports; a server or 'callbox archive reindex' can do so later.")
    var unindexed = false

    func validate() throws {
        guard (1...10_000_000).contains(reports), (600...8 << 20).contains(bytes), (1...3650).contains(days) else {
            throw ValidationError("--reports must be 1 to 10000000, --bytes 600 to 8388608, and --days 1 to 3650")
        }
        guard end.map({ Timestamp(rfc3339: $0.utf8) != nil }) ?? true else {
            throw ValidationError("--end must be a time such as 2026-11-21T00:00:00Z")
        }
    }

    func run() async throws {
        guard !FileManager.default.fileExists(atPath: archive) else {
            throw ValidationError("\(archive) already exists")
        }
        let traffic = SyntheticTraffic(
            reportCount: reports, seed: seed, mix: products ? .products : .everything, bodyByteCount: bytes,
            end: end.flatMap { Timestamp(rfc3339: $0.utf8) } ?? SyntheticTraffic.today, days: days)
        let start = Clock.now
        let total = traffic.deliveryCount
        let bodyByteCount = try await ArchiveFilling(traffic: traffic, path: archive) { done in
            if done % 25_600 == 0 || done == total { Self.note("\(done) of \(total) deliveries") }
        }.run()
        Self.note("\(bodyByteCount / 1_000_000) MB of bodies in \(Figure.text(Clock.seconds(since: start), 1)) s")
        guard !unindexed else { return }
        let bench = try Workbench(plan: Plan(), folder: NSTemporaryDirectory() + "callbox-bench")
        defer { bench.removeFolder() }
        let indexing = Clock.now
        try bench.callbox.index(URL(filePath: archive).absoluteURL)
        Self.note("indexed in \(Figure.text(Clock.seconds(since: indexing), 1)) s")
    }

    private static func note(_ text: String) {
        FileHandle.standardError.write(Data("\(text)\n".utf8))
    }
}
