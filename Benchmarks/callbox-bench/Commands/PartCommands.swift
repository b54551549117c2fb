import ArgumentParser
import Foundation

struct CompareCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Compare durable deliveries per second with the bare listener: 2, 16 and 64 KB.")
    @OptionGroup var options: PartOptions

    @Flag(help: "Only bodies of 2 KB.")
    var small = false

    func run() async throws {
        let larger = !small
        try await options.report { bench in
            var part = DeliveriesPart(bench, .init(larger: larger, peers: false))
            return await part.run()
        }
    }
}

struct PeersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "peers", abstract: "Measure the same load on FastAPI, mitmdump and PostgreSQL.")
    @OptionGroup var options: PartOptions

    func run() async throws {
        try await options.report { bench in
            var part = DeliveriesPart(bench, .init(own: false, larger: false))
            return await part.run()
        }
    }
}

struct PacedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "paced", abstract: "Measure latency at a quarter of the capacity, and on one connection.")
    @OptionGroup var options: PartOptions

    func run() async throws {
        try await options.report { try await PacedPart(bench: $0).run() }
    }
}

struct SlowDiskCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slow-disk", abstract: "Measure durable deliveries per second with syncs 2 and 10 ms longer.")
    @OptionGroup var options: PartOptions

    func run() async throws {
        try await options.report { try await SlowDiskPart(bench: $0).run() }
    }
}

struct LagCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lag", abstract: "Measure how far queries lag behind acknowledgements.")
    @OptionGroup var options: PartOptions

    func run() async throws {
        try await options.report { try await LagPart(bench: $0).run() }
    }
}

struct HostileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hostile", abstract: "Measure deliveries during 1,000 hostile connections, and during overload.")
    @OptionGroup var options: PartOptions

    func run() async throws {
        try await options.report { try await HostilePart(bench: $0).run() }
    }
}

struct HandOverCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hand-over", abstract: "Measure deliveries during restarts.")
    @OptionGroup var options: PartOptions

    func run() async throws {
        try await options.report { try await HandOverPart(bench: $0).run() }
    }
}

struct SizeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "size", abstract: "Measure the size of reports on disk.")
    @OptionGroup var options: PartOptions

    func run() async throws {
        try await options.report { try await SizePart(bench: $0).run() }
    }
}

struct SharedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shared", abstract: "Measure a receiver with a shared journal in PostgreSQL, and a follower.")
    @OptionGroup var options: PartOptions

    func run() async throws {
        try await options.report { try await SharedPart(bench: $0).run() }
    }
}

struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Measure replays, original timing, forwarding, and resuming after a kill.")
    @OptionGroup var options: PartOptions

    @Option(help: "Number of deliveries in the archive. (default: 10000)")
    var count: Int?

    @Flag(help: "Sign the deliveries again, and check the new signatures.")
    var sign = false

    @Option(help: "Number of deliveries to send at the same time.")
    var concurrency = 16

    func validate() throws {
        guard count.map({ (100...1_000_000).contains($0) }) ?? true, (1...256).contains(concurrency) else {
            throw ValidationError("--count must be 100 to 1000000, and --concurrency 1 to 256")
        }
    }

    func run() async throws {
        try await options.report { bench in
            var part = ReplayPart(bench: bench)
            part.count = count ?? part.count
            part.concurrency = concurrency
            part.signs = sign
            return try await part.run()
        }
    }
}

struct ScaleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scale", abstract: "Measure rates and queries with a million reports.")
    @OptionGroup var options: PartOptions
    @OptionGroup var large: LargeArchiveOptions

    func run() async throws {
        try await options.report { bench in
            try await bench.withLargeArchive(large.archive) { try await ScalePart(bench: bench, large: $0).run() }
        }
    }
}

struct QueriesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queries", abstract: "Compare queries and scans of a million reports with zlib alone.")
    @OptionGroup var options: PartOptions
    @OptionGroup var large: LargeArchiveOptions

    func run() async throws {
        try await options.report { bench in
            try await bench.withLargeArchive(large.archive) { try await QueryPart(bench: bench, archive: $0).run() }
        }
    }
}

struct RestartCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restart", abstract: "Measure the restart after SIGKILL with a million reports.")
    @OptionGroup var options: PartOptions
    @OptionGroup var large: LargeArchiveOptions

    func run() async throws {
        try await options.report { bench in
            try await bench.withLargeArchive(large.archive) { try await RestartPart(bench: bench, large: $0).run() }
        }
    }
}

extension Workbench {
    /// Calls `work` with the archive at `path`. If `path` is nil, creates an archive for the call and removes it
    /// afterwards.
    func withLargeArchive<Value>(_ path: String?, _ work: (URL) async throws -> Value) async throws -> Value {
        if let path { return try await work(URL(filePath: path).absoluteURL) }
        return try await withArchive { archive in
            note("synthesizing \(plan.largeReportCount) reports")
            try await synthesize(.forScale(plan.largeReportCount), at: archive)
            return try await work(archive)
        }
    }
}
