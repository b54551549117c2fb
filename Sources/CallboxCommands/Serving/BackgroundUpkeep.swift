internal import BodyCompression
internal import Deliveries
internal import Foundation
internal import Logging
internal import ReportArchive
internal import Synchronization

/// What a server does for its archive by itself, on a thread that everything else goes before: refused deliveries age, retention
/// prunes, dictionaries are trained as bodies come in.
final class BackgroundUpkeep: Sendable {
    /// Between two looks at what there is to do.
    private static let interval: Duration = .seconds(5)
    private static let ageingInterval: Duration = .seconds(600)
    private static let pruningInterval: Duration = .seconds(3600)
    /// Between slices of work on the whole archive, in proportion to what the slice took.
    private static let restFactor = 4.0

    private let work: UpkeepWork
    private let trainsDictionaries: Bool
    private let logger: Logger
    private let isStopping = Atomic(false)
    private let wake = DispatchSemaphore(value: 0)
    private let hasEnded = DispatchSemaphore(value: 0)

    init(_ work: UpkeepWork, trainsDictionaries: Bool, logger: Logger) {
        self.work = work
        self.trainsDictionaries = trainsDictionaries
        self.logger = logger
    }

    func start() {
        let thread = Thread { [self] in
            BackgroundThread.upkeep.yieldToOthers()
            run()
            hasEnded.signal()
        }
        thread.name = "callbox-upkeep"
        thread.start()
    }

    /// Ends the thread after the slice it is at.
    func stop() {
        isStopping.store(true, ordering: .releasing)
        wake.signal()
        hasEnded.wait()
    }

    private func run() {
        var training = TrainingSchedule()
        var nextAgeing = ContinuousClock.now
        var nextPruning = ContinuousClock.now
        while !isStopping.load(ordering: .acquiring) {
            let now = ContinuousClock.now
            attempt("ageing the quarantine") { () throws(CommandFailure) in
                guard now >= nextAgeing else { return }
                nextAgeing = now + Self.ageingInterval
                try work.ageQuarantine()
            }
            attempt("pruning") { () throws(CommandFailure) in
                guard now >= nextPruning else { return }
                nextPruning = now + Self.pruningInterval
                try prune()
            }
            attempt("training dictionaries") { () throws(CommandFailure) in
                guard trainsDictionaries else { return }
                try train(&training)
            }
            // A rest between slices may have taken the signal to stop.
            guard !isStopping.load(ordering: .acquiring) else { return }
            _ = wake.wait(timeout: .now() + (Self.interval / .seconds(1)))
        }
    }

    /// What fails now is tried again at a later round.
    private func attempt(_ name: String, _ body: () throws(CommandFailure) -> Void) {
        do throws(CommandFailure) {
            try body()
        } catch {
            logger.warning("upkeep failed", metadata: ["work": "\(name)", "reason": "\(error.message)"])
        }
    }

    private func prune() throws(CommandFailure) {
        guard !work.retention().isEmpty else { return }
        var total = PruneReport(last: nil, [])
        let now = work.now()
        repeat {
            try slice { () throws(CommandFailure) in total.add(try work.prune(after: total.last, now)) }
        } while total.last != nil && !isStopping.load(ordering: .acquiring)
        guard total.bodyCount + total.deliveryCount > 0 else { return }
        if total.deliveryCount > 0 { _ = try work(.forgetPruned) }
        logger.info(
            "pruned",
            metadata: [
                "bodies": "\(total.bodyCount)", "deliveries": "\(total.deliveryCount)", "bytes": "\(total.byteCount)",
            ])
        var left = Int.max
        while !isStopping.load(ordering: .acquiring) {
            var now = 0
            try slice { () throws(CommandFailure) in now = try work.vacuum(pageCount: 256) }
            guard now > 0, now < left else { return }
            left = now
        }
    }

    /// Does a piece of work and rests for longer than it took.
    private func slice(_ work: () throws(CommandFailure) -> Void) throws(CommandFailure) {
        let start = ContinuousClock.now
        try work()
        let seconds = start.duration(to: .now) / .seconds(1) * Self.restFactor
        _ = wake.wait(timeout: .now() + min(seconds, 1))
    }

    private func train(_ schedule: inout TrainingSchedule) throws(CommandFailure) {
        while !isStopping.load(ordering: .acquiring), !work.writer.isUnderPressure {
            let training = DictionaryTraining(try work.reader())
            guard let scope = try reading({ () throws(ArchiveReadFailure) in try schedule.next(training) }) else {
                return
            }
            let proposal = try reading { () throws(ArchiveReadFailure) in
                try training.propose(scope, current: try training.current(scope))
            }
            guard let dictionary = proposal.dictionary, let trial = proposal.trial else { continue }
            _ = try work(.addDictionary(scope, dictionary, bodyCount: proposal.bodyCount))
            logger.info(
                "dictionary trained",
                metadata: [
                    "for": "\(scope.text)", "bodies": "\(proposal.bodyCount)",
                    "before.bytes": "\(trial.currentByteCount)", "after.bytes": "\(trial.candidateByteCount)",
                ])
        }
    }
}

/// When a source or kind is worth training on again: whenever it has four times the bodies it had.
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
