import ArgumentParser
import Foundation

struct CompareCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Durable deliveries per second, compared with the bare listener: 2, 16 and 64 KB.")
    @OptionGroup var options: PartOptions

    @Flag(help: "Bodies of 2 KB alone.")
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
        commandName: "peers", abstract: "The same, compared with FastAPI, mitmdump and PostgreSQL.")
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
        commandName: "paced", abstract: "Latency at a quarter of the capacity, in an open loop, and of one connection.")
    @OptionGroup var options: PartOptions

    func run() async throws {
        try await options.report { try await PacedPart(bench: $0).run() }
    }
}

struct SlowDiskCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slow-disk", abstract: "Durable deliveries a second with syncs that take 2 and 10 ms.")
    @OptionGroup var options: PartOptions

    func run() async throws {
        try await options.report { try await SlowDiskPart(bench: $0).run() }
    }
}

struct LagCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lag", abstract: "How far queries are behind acknowledgements.")
    @OptionGroup var options: PartOptions

    func run() async throws {
        try await options.report { try await LagPart(bench: $0).run() }
    }
}

struct HostileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hostile", abstract: "Deliveries during 1,000 hostile connections, and overload.")
    @OptionGroup var options: PartOptions

    func run() async throws {
        try await options.report { try await HostilePart(bench: $0).run() }
    }
}

struct HandOverCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hand-over", abstract: "Deliveries during restarts.")
    @OptionGroup var options: PartOptions

    func run() async throws {
        try await options.report { try await HandOverPart(bench: $0).run() }
    }
}

struct SizeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "size", abstract: "What reports take on disk.")
    @OptionGroup var options: PartOptions

    func run() async throws {
        try await options.report { try await SizePart(bench: $0).run() }
    }
}

struct SharedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shared", abstract: "A receiver with a shared journal in PostgreSQL, and a follower.")
    @OptionGroup var options: PartOptions

    func run() async throws {
        try await options.report { try await SharedPart(bench: $0).run() }
    }
}

struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Replays to a target that checks them, original timing, forwarding, a kill.")
    @OptionGroup var options: PartOptions

    @Option(help: "Deliveries of the archive. (default: 10000)")
    var count: Int?

    @Flag(help: "Sign again, and check the new signatures; otherwise the old ones.")
    var sign = false

    @Option(help: "Deliveries that are sent at the same time.")
    var concurrency = 16

    func validate() throws {
        guard count.map({ (100...1_000_000).contains($0) }) ?? true, (1...256).contains(concurrency) else {
            throw ValidationError("100 to 1000000 deliveries, 1 to 256 at the same time")
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
        commandName: "scale", abstract: "Rates and queries with a million reports.")
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
        commandName: "queries", abstract: "Queries and scans of a million reports, compared with zlib alone.")
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
        commandName: "restart", abstract: "Serving again after SIGKILL, with a million reports.")
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
