internal import Foundation
internal import Synchronization
package import Threads

/// The thread that makes a node the leader when possible: it takes the lead when the lease of another node has expired,
/// and appends runs while it leads. It resigns when another process has taken over the node's name.
///
/// Without a leader no delivery is lost: receivers commit to their lanes, and the next leader continues. Only queries
/// wait.
package final class Leader: Sendable {
    private let stop = StopFlag()
    private let thread = Mutex<OwnedThread?>(nil)
    private let epoch = Atomic<Int64>(0)
    private let mayLead: @Sendable () -> Bool

    /// The seconds between two calls of `mayLead` while it returns false.
    private static let pause: TimeInterval = 0.05

    /// - Parameters:
    ///   - mayLead: false while this process does not own its node's name; called before each round.
    ///   - note: called on the leader's thread; must not block.
    package init(
        _ settings: SharedJournalSettings, mayLead: @escaping @Sendable () -> Bool = { true },
        note: @escaping @Sendable (SharedJournalEvent) -> Void
    ) throws(OwnedThread.CannotStart) {
        self.mayLead = mayLead
        let started = try OwnedThread("callbox-leader") { [self] in run(settings, note) }
        thread.withLock { $0 = started }
    }

    /// The epoch in which this node leads; nil if it does not lead. Another node may have taken the lead without this
    /// node's knowledge.
    package var leadingEpoch: Int64? {
        let epoch = epoch.load(ordering: .relaxed)
        return epoch == 0 ? nil : epoch
    }

    /// Resigns, stops the thread and joins it. Blocks.
    package func close() {
        stop.set()
        thread.withLock { $0?.join() }
    }

    private func run(_ settings: SharedJournalSettings, _ note: (SharedJournalEvent) -> Void) {
        var lastReason = ""
        var lastEpoch: Int64?
        var size = RoundSize()
        while !stop.isSet {
            do throws(PostgresFailure) {
                try lead(try settings.connect("leader"), settings, &lastEpoch, &size, note)
                lastReason = ""
            } catch {
                if error.description != lastReason { note(.leaderFailed(reason: error.description)) }
                lastReason = error.description
            }
            epoch.store(0, ordering: .relaxed)
            stop.wait(0.25)
        }
    }

    /// Takes the lead whenever the lease is free. Returns when the thread must stop or another node has taken the lead.
    private func lead(
        _ connection: PostgresConnection, _ settings: SharedJournalSettings, _ lastEpoch: inout Int64?,
        _ size: inout RoundSize, _ note: (SharedJournalEvent) -> Void
    ) throws(PostgresFailure) {
        while !stop.isSet {
            guard mayLead() else {
                stop.wait(Self.pause)
                continue
            }
            guard
                var term = try LeaderTerm(
                    connection, node: settings.node, lease: settings.lease, expected: lastEpoch)
            else {
                stop.wait(max(Self.pause, settings.lease / .seconds(4)))
                continue
            }
            lastEpoch = term.epoch
            epoch.store(term.epoch, ordering: .relaxed)
            note(.becameLeader(epoch: term.epoch))
            guard try order(&term, &size, lease: settings.lease) else { return note(.lostLead) }
            epoch.store(0, ordering: .relaxed)
            term.resign()
        }
    }

    /// Appends runs until this node must not lead any longer.
    ///
    /// - Returns: false if another node has taken the lead.
    private func order(
        _ term: inout LeaderTerm, _ size: inout RoundSize, lease: Duration
    ) throws(PostgresFailure) -> Bool {
        var pace = RoundPace()
        while !stop.isSet, mayLead() {
            if term.extendedAt.duration(to: .now) > lease / 3 {
                guard try term.renew() else { return false }
            }
            let (start, limit) = (ContinuousClock.now, size.count)
            let appended: Int?
            do throws(PostgresFailure) {
                appended = try term.advance(laneCountLimit: limit)
            } catch {
                size.noteFailure()
                throw error
            }
            guard let appended else {
                size.noteFailure()
                return false
            }
            size.noteRound(
                of: appended, in: start.duration(to: .now), limit: min(lease, LeaderTerm.limit))
            let pause = pace.next(after: appended)
            // Does not pause while there is a backlog.
            if appended < limit { stop.wait(pause) }
        }
        return true
    }
}

/// A flag that wakes a waiting thread.
///
/// `@unchecked Sendable`: `condition` guards `flag`.
final class StopFlag: @unchecked Sendable {
    private let condition = NSCondition()
    private var flag = false

    var isSet: Bool {
        condition.lock()
        defer { condition.unlock() }
        return flag
    }

    func set() {
        condition.lock()
        flag = true
        condition.unlock()
        condition.broadcast()
    }

    /// Waits for a number of seconds, or until the flag is set.
    func wait(_ seconds: TimeInterval) {
        condition.lock()
        defer { condition.unlock() }
        let deadline = Date(timeIntervalSinceNow: seconds)
        while !flag, condition.wait(until: deadline) {}
    }
}
