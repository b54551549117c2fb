internal import BodyCompression
internal import Deliveries
internal import Journal
internal import Logging
internal import NIOPosix
internal import Quarantine
internal import ReportIndex
internal import ServiceLifecycle
internal import Synchronization
internal import Threads

/// The regular tasks of a server, on a low-priority thread: delete old rejected deliveries, prune by retention, train
/// dictionaries.
struct MaintenanceService: Service {
    /// The time between two rounds.
    private static let interval: Duration = .seconds(5)

    private let rounds: MaintenanceRounds

    init(
        _ maintenance: Maintenance, trainsDictionaries: Bool, logger: Logger,
        report: @escaping @Sendable (any Error) -> FailureReport
    ) {
        rounds = MaintenanceRounds(
            maintenance, trainsDictionaries: trainsDictionaries, logger: logger, report: report)
    }

    func run() async throws {
        let thread = NIOThreadPool(numberOfThreads: 1)
        thread.start()
        _ = try await thread.blocking { ThreadPriority.maintenance.applyToCurrentThread() }
        await withGracefulShutdownHandler {
            try? await cancelWhenGracefulShutdown { [rounds] in
                while !Task.isCancelled {
                    try await thread.blocking { rounds.round() }
                    try await Task.sleep(for: Self.interval)
                }
            }
        } onGracefulShutdown: { [rounds] in
            rounds.isStopping.store(true, ordering: .releasing)
        }
        try? await thread.shutdownGracefully()
    }
}

/// Runs the tasks that are due. Used by one thread at a time.
private final class MaintenanceRounds: Sendable {
    private static let ageingInterval: Duration = .seconds(600)
    private static let pruningInterval: Duration = .seconds(3600)
    private static let redirectInterval: Duration = .seconds(60)

    private struct Schedule {
        var training = TrainingSchedule()
        var clock: RetentionClock
        var nextAgeing = ContinuousClock.now
        var nextPruning = ContinuousClock.now
        var nextRedirects = ContinuousClock.now
        var nextVacuum = ContinuousClock.now
    }

    /// True to end the round after the current slice.
    let isStopping = Atomic(false)
    private let maintenance: Maintenance
    private let trainsDictionaries: Bool
    private let logger: Logger
    private let report: @Sendable (any Error) -> FailureReport
    private let schedule: Mutex<Schedule>

    init(
        _ maintenance: Maintenance, trainsDictionaries: Bool, logger: Logger,
        report: @escaping @Sendable (any Error) -> FailureReport
    ) {
        self.maintenance = maintenance
        self.trainsDictionaries = trainsDictionaries
        self.logger = logger
        self.report = report
        let archive = maintenance.archive
        self.schedule = Mutex(
            Schedule(clock: RetentionClock(now: archive.now(), newest: archive.newestEntryTime())))
    }

    /// Runs the tasks that are due. A later round repeats a task that fails. Blocks.
    func round() {
        schedule.withLock { schedule in
            let archive = maintenance.archive
            let now = ContinuousClock.now
            if Self.isDue(&schedule.nextAgeing, now, Self.ageingInterval) {
                attempt("removing old rejected deliveries") { try archive.quarantine.age(now: archive.now()) }
            }
            let leads = archive.leads
            if leads, Self.isDue(&schedule.nextRedirects, now, Self.redirectInterval) {
                attempt("removing browser redirects") {
                    let count = try maintenance.removeExcessRedirects()
                    if count > 0 { logger.info("removed excess browser redirects", metadata: ["count": "\(count)"]) }
                }
            }
            if leads, Self.isDue(&schedule.nextPruning, now, Self.pruningInterval) {
                attempt("pruning") { try prune(&schedule.clock) }
            }
            // Only the leader prunes, but its removals also leave free pages in this node's copy.
            if !leads, Self.isDue(&schedule.nextVacuum, now, Self.pruningInterval) {
                attempt("vacuuming") { try maintenance.vacuum() }
            }
            if trainsDictionaries { attempt("training dictionaries") { try train(&schedule.training) } }
        }
    }

    private static func isDue(
        _ next: inout ContinuousClock.Instant, _ now: ContinuousClock.Instant, _ interval: Duration
    ) -> Bool {
        guard now >= next else { return false }
        next = now + interval
        return true
    }

    private func attempt(_ name: String, _ body: () throws -> Void) {
        guard !isStopping.load(ordering: .acquiring) else { return }
        do {
            try body()
        } catch ServerError.interrupted {
            // The server is stopping.
        } catch {
            logger.warning("maintenance failed", metadata: ["work": "\(name)", "reason": "\(report(error).message)"])
        }
    }

    private func endIfStopping() throws {
        if isStopping.load(ordering: .acquiring) { throw ServerError.interrupted }
    }

    private func prune(_ clock: inout RetentionClock) throws {
        let archive = maintenance.archive
        try archive.archiveRetention(isConfirmed: false)
        guard !archive.retention().isEmpty, let effective = try archive.effectiveRetention() else { return }
        if let actsAt = effective.actsAt {
            logger.notice(
                "shorter retention settings take effect later",
                metadata: ["actsAt": "\(actsAt.rfc3339)", "confirmWith": "callbox archive prune --yes"])
        }
        guard clock.isPlausible(at: archive.now()) else {
            logger.warning(
                "retention is paused for a day: the clock jumped, or the server started long after the last entry")
            return
        }
        let totals = try maintenance.prune(effective.retentions) { _ in try endIfStopping() }
        guard totals.bodyCount + totals.deliveryCount > 0 else { return }
        logger.info(
            "pruned",
            metadata: [
                "bodies": "\(totals.bodyCount)", "deliveries": "\(totals.deliveryCount)",
                "bytes": "\(totals.byteCount)",
            ])
    }

    /// Trains the dictionaries that are due. Does not start training while many deliveries arrive, because it occupies
    /// a core for seconds. Bodies that arrive during the training are compressed without the new dictionary.
    private func train(_ schedule: inout TrainingSchedule) throws {
        while !isStopping.load(ordering: .acquiring), !maintenance.archive.writer.isBusy {
            let training = DictionaryTraining(try maintenance.archive.reader())
            guard let scope = try schedule.next(training) else { return }
            let proposal = try maintenance.train(training, scope, endIfStopping)
            guard let proposal, let trial = proposal.trial else { continue }
            logger.info(
                "dictionary trained",
                metadata: [
                    "for": "\(scope.text)", "bodies": "\(proposal.bodyCount)",
                    "before.bytes": "\(trial.currentByteCount)", "after.bytes": "\(trial.candidateByteCount)",
                ])
        }
    }
}
