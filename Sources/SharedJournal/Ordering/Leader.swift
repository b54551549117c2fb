internal import Foundation
internal import Synchronization
package import Threads

/// The thread that makes a node the leader when possible: it takes the lead when the lease of another node has expired,
/// and appends runs while it leads.
///
/// Without a leader no delivery is lost and only queries wait, because receivers commit to their lanes and the next
/// leader continues.
package final class Leader: Sendable {
    private let stop = StopFlag()
    private let thread = Mutex<OwnedThread?>(nil)
    private let epoch = Atomic<Int64>(0)

    /// - Parameter note: called on the leader's thread; must not block.
    package init(
        _ settings: SharedJournalSettings, note: @escaping @Sendable (SharedJournalEvent) -> Void
    ) throws(OwnedThread.CannotStart) {
        let started = try OwnedThread("callbox-leader") { [self] in run(settings, note) }
        thread.withLock { $0 = started }
    }

    /// The epoch if this node is the leader as far as it knows; otherwise nil.
    package var leadingEpoch: Int64? {
        let epoch = epoch.load(ordering: .relaxed)
        return epoch == 0 ? nil : epoch
    }

    /// Resigns and joins the thread. Blocks.
    package func close() {
        stop.set()
        thread.withLock { $0?.join() }
    }

    private func run(_ settings: SharedJournalSettings, _ note: (SharedJournalEvent) -> Void) {
        var lastReason = ""
        while !stop.isSet {
            do throws(PostgresFailure) {
                try lead(try settings.connect("leader"), settings, note)
                lastReason = ""
            } catch {
                if error.description != lastReason { note(.leaderFailed(reason: error.description)) }
                lastReason = error.description
            }
            epoch.store(0, ordering: .relaxed)
            stop.wait(0.25)
        }
    }

    /// Leads whenever the lease is free. Returns when the thread must stop, and when another node took the lead.
    private func lead(
        _ connection: PostgresConnection, _ settings: SharedJournalSettings, _ note: (SharedJournalEvent) -> Void
    ) throws(PostgresFailure) {
        while !stop.isSet {
            guard var term = try LeaderTerm(connection, node: settings.node, lease: settings.lease) else {
                stop.wait(max(0.05, settings.lease / .seconds(4)))
                continue
            }
            epoch.store(term.epoch, ordering: .relaxed)
            note(.becameLeader(epoch: term.epoch))
            var renewedAt = ContinuousClock.now
            var pace = RoundPace()
            while true {
                if stop.isSet { return term.resign() }
                if renewedAt.duration(to: .now) > settings.lease / 3 {
                    guard try term.renew(settings.lease) else { return note(.lostLead) }
                    renewedAt = .now
                }
                guard let count = try term.advance() else { return note(.lostLead) }
                let pause = pace.next(after: count)
                // A backlog is ordered without pauses.
                if count < LeaderTerm.laneCountLimit { stop.wait(pause) }
            }
        }
    }
}

/// A flag that ends the wait of a thread.
///
/// `@unchecked Sendable`: `flag` is only used while `condition` is locked.
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

    /// Waits this many seconds, or until the flag is set.
    func wait(_ seconds: TimeInterval) {
        condition.lock()
        defer { condition.unlock() }
        let deadline = Date(timeIntervalSinceNow: seconds)
        while !flag, condition.wait(until: deadline) {}
    }
}
