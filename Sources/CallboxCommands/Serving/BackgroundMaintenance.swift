internal import BodyCompression
internal import CallboxConfiguration
internal import Deliveries
internal import Foundation
internal import Journal
internal import Logging
internal import Quarantine
internal import ReportIndex
internal import Synchronization

/// The regular tasks of a server, on a thread of low priority: it deletes old rejected deliveries, prunes by retention, and trains
/// dictionaries.
final class BackgroundMaintenance: Sendable {
    /// Between two rounds.
    private static let interval: Duration = .seconds(5)
    private static let ageingInterval: Duration = .seconds(600)
    private static let pruningInterval: Duration = .seconds(3600)
    private static let redirectInterval: Duration = .seconds(60)

    private let maintenance: Maintenance
    private let trainsDictionaries: Bool
    private let logger: Logger
    private let isStopping = Atomic(false)
    private let wake = DispatchSemaphore(value: 0)
    private let hasEnded = DispatchSemaphore(value: 0)

    init(_ maintenance: Maintenance, trainsDictionaries: Bool, logger: Logger) {
        self.maintenance = maintenance
        self.trainsDictionaries = trainsDictionaries
        self.logger = logger
    }

    func start() {
        let thread = Thread { [self] in
            BackgroundThread.maintenance.yieldToOthers()
            run()
            hasEnded.signal()
        }
        thread.name = "callbox-maintenance"
        thread.start()
    }

    /// Ends the thread after the slice that it is at.
    func stop() {
        isStopping.store(true, ordering: .releasing)
        wake.signal()
        hasEnded.wait()
    }

    private func run() {
        var training = TrainingSchedule()
        var clock = RetentionClock(now: maintenance.archive.now())
        var nextAgeing = ContinuousClock.now
        var nextPruning = ContinuousClock.now
        var nextRedirects = ContinuousClock.now
        while !isStopping.load(ordering: .acquiring) {
            let now = ContinuousClock.now
            attempt("ageing the quarantine") { () throws(CommandFailure) in
                guard now >= nextAgeing else { return }
                nextAgeing = now + Self.ageingInterval
                try maintenance.archive.archive { () throws(ArchiveError) in
                    try maintenance.archive.quarantine.age(now: maintenance.archive.now())
                }
            }
            attempt("removing redirects") { () throws(CommandFailure) in
                guard now >= nextRedirects else { return }
                nextRedirects = now + Self.redirectInterval
                let count = try maintenance.removeExcessRedirects()
                if count > 0 { logger.info("removed unproved redirects", metadata: ["count": "\(count)"]) }
            }
            attempt("pruning") { () throws(CommandFailure) in
                guard now >= nextPruning else { return }
                nextPruning = now + Self.pruningInterval
                try prune(&clock)
            }
            attempt("training dictionaries") { () throws(CommandFailure) in
                guard trainsDictionaries else { return }
                try train(&training)
            }
            _ = wake.wait(timeout: .now() + (Self.interval / .seconds(1)))
        }
    }

    /// Runs a task. If it fails, a later round tries it again.
    private func attempt(_ name: String, _ body: () throws(CommandFailure) -> Void) {
        do throws(CommandFailure) {
            try body()
        } catch {
            logger.warning("maintenance failed", metadata: ["work": "\(name)", "reason": "\(error.message)"])
        }
    }

    private func prune(_ clock: inout RetentionClock) throws(CommandFailure) {
        let archive = maintenance.archive
        try archive.archiveRetention(isConfirmed: false)
        guard !archive.retention().isEmpty, let effective = try archive.effectiveRetention() else { return }
        guard clock.isPlausible(at: archive.now()) else {
            logger.warning("the clock jumped; retention waits until it has run steadily for a day")
            return
        }
        if let actsAt = effective.actsAt {
            logger.notice(
                "new retention settings wait for their grace time",
                metadata: ["actsAt": "\(actsAt.rfc3339)", "now": "callbox archive prune --yes"])
        }
        let totals = try maintenance.prune(effective.retentions) { _ throws(CommandFailure) in
            if isStopping.load(ordering: .acquiring) {
                throw CommandFailure(.tryAgain, "the server is stopping")
            }
        }
        guard totals.bodyCount + totals.deliveryCount > 0 else { return }
        logger.info(
            "pruned",
            metadata: [
                "bodies": "\(totals.bodyCount)", "deliveries": "\(totals.deliveryCount)",
                "bytes": "\(totals.byteCount)",
            ])
    }

    /// Trains what is due. Not while many deliveries arrive: their bodies are compressed without a dictionary, and training takes a
    /// core for seconds.
    private func train(_ schedule: inout TrainingSchedule) throws(CommandFailure) {
        while !isStopping.load(ordering: .acquiring), !maintenance.archive.writer.isBusy {
            let training = DictionaryTraining(try maintenance.archive.reader())
            guard let scope = try reading({ () throws(ArchiveReadFailure) in try schedule.next(training) }) else {
                return
            }
            guard let proposal = try maintenance.train(training, scope), let trial = proposal.trial else { continue }
            logger.info(
                "dictionary trained",
                metadata: [
                    "for": "\(scope.text)", "bodies": "\(proposal.bodyCount)",
                    "before.bytes": "\(trial.currentByteCount)", "after.bytes": "\(trial.candidateByteCount)",
                ])
        }
    }
}

/// Decides whether retention may rely on the wall clock: only if it advanced as the monotonic clock did.
struct RetentionClock {
    /// How far the clocks may part: NTP corrects less than this.
    private static let tolerance: Duration = .seconds(300)
    private static let quarantineTime: Duration = .seconds(86_400)

    private var lastWall: Timestamp
    private var last: ContinuousClock.Instant
    private var suspectUntil: ContinuousClock.Instant?

    init(now: Timestamp, at instant: ContinuousClock.Instant = .now) {
        lastWall = now
        last = instant
    }

    /// After a jump, false for a day.
    mutating func isPlausible(at now: Timestamp, _ instant: ContinuousClock.Instant = .now) -> Bool {
        let elapsed = last.duration(to: instant)
        let (drift, isTooFar) = now.milliseconds(since: lastWall).subtractingReportingOverflow(elapsed.milliseconds)
        if isTooFar || drift.magnitude > UInt64(Self.tolerance.milliseconds) {
            suspectUntil = instant + Self.quarantineTime
        }
        (lastWall, last) = (now, instant)
        guard let suspectUntil else { return true }
        return instant >= suspectUntil
    }
}

/// When a source or type is worth training on again: whenever it has four times the bodies it had.
struct TrainingSchedule {
    /// Beyond the last, what is typical has long been seen.
    private static let bodyCounts: [Int64] = [256, 1024, 4096, 16384, 65536]

    private var tried: [DictionaryScope: Int64]?

    /// The next scope to train for; nil where none is due. Each is given once for each of the counts, but for those that were
    /// passed before anybody looked.
    mutating func next(_ training: DictionaryTraining) throws(ArchiveReadFailure) -> DictionaryScope? {
        var tried: [DictionaryScope: Int64]
        if let known = self.tried { tried = known } else { tried = try Self.beforeStart(training) }
        defer { self.tried = tried }
        for count in Self.bodyCounts.reversed() {
            for scope in try training.scopes(withAtLeast: count) where tried[scope, default: 0] < count {
                tried[scope] = count
                return scope
            }
        }
        return nil
    }

    /// What an archive that has dictionaries was trained on by an earlier run.
    private static func beforeStart(_ training: DictionaryTraining) throws(ArchiveReadFailure) -> [DictionaryScope:
        Int64]
    {
        var tried: [DictionaryScope: Int64] = [:]
        for count in bodyCounts {
            for scope in try training.scopes(withAtLeast: count) where try training.current(scope) != nil {
                tried[scope] = count
            }
        }
        return tried
    }
}
