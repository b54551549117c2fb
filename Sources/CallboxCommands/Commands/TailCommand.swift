internal import ArgumentParser
internal import CallboxConfiguration
internal import Deliveries
internal import Foundation
internal import Journal
internal import Presentation
internal import Relay
internal import ReportIndex
internal import Tail
internal import TerminalOutput
internal import UnixSignals

struct TailCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail",
        abstract: "Follow new deliveries.",
        usage: "callbox tail [--last <count> | --since <time> | --since-last] [<options>]",
        discussion: """
            Shows each report, the response to its delivery, rejected deliveries and replays, until Ctrl-C. Filters on \
            reports exclude rejected deliveries. With --forward-to, deliveries are sent to the URL in order, one at a \
            time. A delivery is sent again until the target accepts or rejects it.

            EXAMPLES
              callbox tail                                 the last 10, then new ones
              callbox tail --provider klavi --unrouted
              callbox tail --since-last --idle 1s          events since the last tail
              callbox tail --limit 1 --last 0 | jq .id     wait for one delivery
              callbox tail --forward-to http://localhost:3000/hooks --sign
            """)

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup(title: "Filters") var filters: FilterOptions

    @Option(
        help: ArgumentHelp("First show this many past events.", valueName: "count"))
    var last: Int?

    @Flag(help: "Continue where the last tail of this archive stopped.")
    var sinceLast = false

    @Flag(inversion: .prefixedNo, help: "Include or exclude rejected deliveries.")
    var quarantine: Bool?

    @Option(name: [.customShort("n"), .long], help: ArgumentHelp("Stop after this many events.", valueName: "count"))
    var limit: Int?

    @Option(help: ArgumentHelp("Stop if no event occurs for this long, such as 30s.", valueName: "duration"))
    var idle: String?

    @OptionGroup(title: "Forwarding") var forwarding: ForwardOptions

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Output format. (default: table on a terminal, ndjson in a pipe)", visibility: .shared),
        completion: .list(StreamFormat.names), transform: StreamFormat.parse)
    var format: StreamFormat?

    /// The time between reads.
    private static let interval: Duration = .milliseconds(100)

    func validate() throws {
        guard [last != nil, sinceLast, filters.since != nil].count(where: { $0 }) <= 1 else {
            throw ValidationError("--last, --since and --since-last cannot be combined")
        }
        guard forwarding.forwardTo == nil || last == nil && quarantine == nil else {
            throw ValidationError("--forward-to cannot be combined with --last or --quarantine")
        }
        guard filters.until == nil else {
            throw ValidationError("tail has no --until; use list")
        }
        guard (0...10_000).contains(last ?? 0) else {
            throw ValidationError("--last must be between 0 and 10000")
        }
        guard (1...1_000_000_000).contains(limit ?? 1) else {
            throw ValidationError("--limit must be between 1 and 1000000000")
        }
        _ = try idleDuration()
    }

    func run() async throws {
        let console = options.console
        let environment = ProcessInfo.processInfo.environment
        let settings = try settings(now: SystemClock.now())
        let configuration = try options.load(environment: environment)
        let access = ArchiveAccess(configuration, console: console)
        if let target = try await forwarding.target(configuration, console) {
            return try await forward(to: target, settings.filter, access, console)
        }
        // Waits once for the index. If the archive does not exist yet, the session waits for it.
        if (try? access.directory.exists) == true { _ = try? await access.reader() }
        if console.isTerminal {
            console.note("following \(TerminalText.escape(access.directory.path)); stop with Ctrl-C")
        }
        let session = TailSession(
            settings, archive: FollowedArchive(access.directory), responses: DeliveryResponses(configuration),
            output: TailListing(
                format ?? (console.isTerminal ? .table : .ndjson), CallboxCommand.providers, on: console),
            environment: environment
        ) { console.note($0.text) }
        let idle = try idleDuration()
        let ended = try await Self.untilInterrupted { try await Self.follow(session, idle: idle) }
        if console.isTerminal, let ended {
            console.note("stopped after delivery \(ended); continue with 'callbox tail --since-last'")
        }
    }

    private func forward(
        to target: ForwardTarget, _ filter: ReportFilter, _ access: ArchiveAccess, _ console: Console
    ) async throws {
        var settings = RelaySettings(filter, from: sinceLast ? .resumed : .now)
        settings.limit = limit
        settings.idle = try idleDuration()
        let listing = RelayListing(format ?? (console.isTerminal ? .table : .ndjson), on: console)
        let relay = target.relay(settings, record: { _ = try await access.append($0) }) { event in
            if case .note(let note) = event { return console.note(RelayListing.note(note)) }
            if let line = listing.line(event) { try? console.print(line) }
        }
        if console.isTerminal { console.note("forwarding; stop with Ctrl-C; continue later with --since-last") }
        try await Self.untilInterrupted { try await relay.run() }
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
        try idle.map { try OptionCheck.duration($0, "--idle") }
    }

    /// Polls until the session is complete, idle or cancelled.
    ///
    /// - Returns: the last delivery that was shown.
    private static func follow(_ session: TailSession, idle: Duration?) async throws -> DeliveryID? {
        var session = session
        defer { session.finish() }
        var lastEvent = ContinuousClock.now
        while !Task.isCancelled {
            let before = session.count
            try session.poll(at: SystemClock.now(), .now)
            if session.isComplete { break }
            if session.count > before { lastEvent = .now }
            if let idle, ContinuousClock.now - lastEvent >= idle {
                // There may be no events because the archive cannot be read.
                if let failure = session.failure { throw failure }
                break
            }
            if StandardStream.hasLostItsReader(STDOUT_FILENO) { break }
            guard (try? await Task.sleep(for: interval)) != nil else { break }
        }
        return session.lastDeliveryID
    }

    /// Runs `work` until it ends or a signal arrives. A signal cancels `work` and is not a failure.
    private static func untilInterrupted<Value: Sendable>(
        _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        return try await withThrowingTaskGroup(of: Void.self) { watchers in
            let task = Task { try await work() }
            watchers.addTask {
                for await _ in signals {
                    // At the second signal the process exits, because `work` may be blocked on a pipe.
                    if task.isCancelled { Foundation.exit(ExitStatus.success.rawValue) }
                    task.cancel()
                }
            }
            defer { watchers.cancelAll() }
            return try await task.value
        }
    }
}

extension TailNote {
    var text: String {
        switch self {
        case .waiting(let path): "waiting for an archive at \(TerminalText.escape(path))"
        case .unreadable(let error): CommandFailure(error).description + "\nWaiting until the archive can be read."
        case .archiveAppeared: "found the archive"
        case .archiveReplaced: "the archive was replaced; following the new archive"
        case .archiveIsAnother:
            "the last tail followed another archive, or this archive was restored; showing only new events"
        case .noEarlierTail: "no earlier tail of this archive; showing only new events"
        case .unreadableState: "cannot read the position of the last tail; showing only new events"
        case .stateNotWritten(let path):
            "cannot write \(TerminalText.escape(path)); --since-last will not continue from this tail"
        }
    }
}
