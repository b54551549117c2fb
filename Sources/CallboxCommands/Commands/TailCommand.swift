internal import ArgumentParser
internal import CallboxConfiguration
internal import Deliveries
internal import Foundation
internal import Journal
internal import ReportIndex
internal import Tail
internal import TerminalOutput
internal import UnixSignals

struct TailCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail",
        abstract: "Follow what arrives, as it comes.",
        usage: "callbox tail [--last <count> | --since <time> | --since-last] [<options>]",
        discussion: """
            Follows the archive, whether a server runs or not, until Ctrl-C. A line for each report, what was \
            answered to its delivery, what was rejected into the quarantine, and replays. Rejected deliveries are left \
            out where a filter looks at what only reports have.

            EXAMPLES
              callbox tail                                 the last 10, then what comes
              callbox tail --provider klavi --unrouted
              callbox tail --since 10m --utc
              callbox tail --since-last --idle 1s          what came since the last tail
              callbox tail --limit 1 --last 0 | jq .id     wait for one
            """)

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup(title: "Filters") var filters: FilterOptions

    @Option(
        help: ArgumentHelp("First show this many past events.", valueName: "count"))
    var last: Int?

    @Flag(help: "Go on where the last tail of this archive stopped.")
    var sinceLast = false

    @Flag(inversion: .prefixedNo, help: "Show rejected deliveries. The default depends on the filters.")
    var quarantine: Bool?

    @Option(name: [.customShort("n"), .long], help: ArgumentHelp("Stop after this many events.", valueName: "count"))
    var limit: Int?

    @Option(help: ArgumentHelp("End when nothing came for so long, such as 30s.", valueName: "duration"))
    var idle: String?

    @Option(name: .shortAndLong, help: "table or ndjson. A table on a terminal, ndjson in a pipe.")
    var format: StreamFormat?

    /// How often the file is looked at.
    private static let interval: Duration = .milliseconds(100)

    func validate() throws {
        guard [last != nil, sinceLast, filters.since != nil].count(where: { $0 }) <= 1 else {
            throw ValidationError("--last, --since and --since-last exclude each other.")
        }
        guard filters.until == nil else {
            throw ValidationError("--until does not go with tail, which follows what comes; list has it.")
        }
        guard (0...10_000).contains(last ?? 0) else {
            throw ValidationError("--last takes a number from 0 to 10000.")
        }
        guard (1...1_000_000_000).contains(limit ?? 1) else {
            throw ValidationError("--limit takes a number from 1 to 1000000000.")
        }
        guard try idleDuration() ?? .seconds(1) > .zero else {
            throw ValidationError("--idle takes a duration above zero, such as 30s.")
        }
    }

    func run() async throws {
        let console = options.console
        let environment = ProcessInfo.processInfo.environment
        let settings = try settings(now: SystemClock.now())
        let configuration = try options.load(environment: environment)
        let access = ArchiveAccess(configuration, console: console)
        // What nobody has indexed yet is indexed now; a file that cannot be read yet is waited for below.
        if access.directory.exists { _ = try? await access.reader() }
        if console.isTerminal {
            console.note("following \(TerminalText.escape(access.directory.path)); Ctrl-C ends it")
        }
        let session = TailSession(
            settings, archive: FollowedArchive(access.directory), responses: DeliveryResponses(configuration),
            output: TailListing(
                format ?? (console.isTerminal ? .table : .ndjson), on: console),
            environment: environment
        ) { console.note($0.text) }
        let idle = try idleDuration()
        let ended = try await Self.untilInterrupted { try await Self.follow(session, idle: idle) }
        if console.isTerminal, let ended {
            console.note("stopped after delivery \(ended); 'callbox tail --since-last' goes on from there")
        }
    }

    func settings(now: Timestamp) throws(CommandFailure) -> TailSession.Settings {
        var settings = TailSession.Settings()
        settings.filter = try filters.filter(now: now, clock: options.clock)
        settings.includesRejected = quarantine ?? !settings.filter.looksAtReports
        settings.limit = limit
        if let since = settings.filter.since {
            settings.start = .since(since)
        } else {
            settings.start = sinceLast ? .resumed : .last(last ?? TailSession.defaultCount)
        }
        return settings
    }

    private func idleDuration() throws -> Duration? {
        guard let idle else { return nil }
        guard let duration = Quantity.duration(idle) else {
            throw ValidationError("--idle takes a duration such as 30s.")
        }
        return duration
    }

    /// Looks again and again; gives the delivery after which it ended.
    private static func follow(_ session: TailSession, idle: Duration?) async throws -> DeliveryID? {
        var session = session
        defer { session.finish() }
        var lastEvent = ContinuousClock.now
        while !Task.isCancelled {
            let before = session.count
            try session.look(at: SystemClock.now(), .now)
            if session.isComplete { break }
            if session.count > before { lastEvent = .now }
            if let idle, ContinuousClock.now - lastEvent >= idle {
                // Nothing came because nothing could be read: no quiet end.
                if let failure = session.failure { throw failure }
                break
            }
            if StandardStream.hasLostItsReader(STDOUT_FILENO) { break }
            guard (try? await Task.sleep(for: interval)) != nil else { break }
        }
        return session.lastDeliveryID
    }

    /// Runs the work until it ends or a signal asks it to, which is no failure.
    private static func untilInterrupted<Value: Sendable>(
        _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        return try await withThrowingTaskGroup(of: Void.self) { watchers in
            let task = Task { try await work() }
            watchers.addTask {
                for await _ in signals {
                    // The second one does not wait for a reader that takes nothing.
                    if task.isCancelled { Foundation.exit(ExitStatus.success.rawValue) }
                    task.cancel()
                }
            }
            defer { watchers.cancelAll() }
            return try await task.value
        }
    }
}
