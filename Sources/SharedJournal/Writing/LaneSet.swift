package import Deliveries
package import Journal
internal import Synchronization
package import Threads

/// The lanes through which one server commits to the shared journal.
package final class LaneSet: Sendable {
    private let queue = SubmissionQueue()
    private let threads = Mutex<[OwnedThread]>([])

    /// Starts the threads. They connect, and reconnect after a failure, until `close`.
    ///
    /// - Parameters:
    ///   - observeCommit: called with the duration of each batch.
    ///   - note: called on a lane's thread; must not block.
    package init(
        _ settings: SharedJournalSettings, observeCommit: @escaping @Sendable (Duration) -> Void = { _ in },
        note: @escaping @Sendable (SharedJournalEvent) -> Void
    ) throws(OwnedThread.CannotStart) {
        do throws(OwnedThread.CannotStart) {
            for number in 1...max(1, settings.laneCount) {
                let queue = queue
                let name = "\(settings.node)/\(number)"
                let thread = try OwnedThread("callbox-lane-\(number)") {
                    var lane = Lane(name, settings, queue, observeCommit: observeCommit, note: note)
                    lane.run()
                }
                threads.withLock { $0.append(thread) }
            }
        } catch {
            close()
            throw error
        }
    }

    /// Makes a delivery durable at the level. Calls `finish` once, on a lane's thread, or immediately with a rejection.
    package func commit(
        _ delivery: EncodedDelivery, finish: @escaping @Sendable (CommitOutcome<SharedReceipt>) -> Void
    ) {
        guard let entry = PortableEntry(.delivery(delivery), at: delivery.receivedAt) else {
            return finish(.rejected(.storageFailed))
        }
        if let rejection = queue.enqueue(Submission(delivery, entry, finish: finish)) { finish(.rejected(rejection)) }
    }

    /// Makes entries durable in one transaction. Calls `finish` once: with nil, or with the reason why the entries may
    /// not be durable.
    package func commit(
        _ entries: [PortableEntry], finish: @escaping @Sendable (SharedAppendFailure?) -> Void
    ) {
        let submission = Submission(entries) { outcome in
            switch outcome {
            case .durable: finish(nil)
            case .rejected(let rejection): finish(.rejected(rejection))
            case .alreadyRecorded: finish(.alreadyRecorded)
            }
        }
        if let rejection = queue.enqueue(submission) { finish(.rejected(rejection)) }
    }

    package var connectedCount: Int { queue.connectedCount }
    /// False if the last batch was not confirmed at the level.
    package var isLevelMet: Bool { queue.isLevelMet.load(ordering: .relaxed) }
    /// True if deliveries arrive faster than they could be committed one by one.
    package var isUnderPressure: Bool { queue.isUnderPressure() }
    package var waiting: (count: Int, byteCount: Int) { queue.waiting }

    /// True if another server took over a lane. No more entries are committed.
    package var isFenced: Bool { queue.isFenced }
    /// True after this process claimed a lane, until another process claims the lane. The process then owns its node's
    /// name.
    package var isClaimed: Bool { queue.isClaimed }

    /// Commits the waiting entries and joins the threads. Later commits are rejected. Blocks.
    package func close() {
        queue.stop()
        for thread in threads.withLock({ $0 }) { thread.join() }
    }
}

/// The reason why entries were not appended to the shared journal.
package enum SharedAppendFailure: Error, Equatable {
    /// The entries are not acknowledged. If the connection broke, they may nevertheless be in the journal.
    case rejected(CommitRejection)
    case alreadyRecorded
    /// The entries are durable, but this node did not copy them within the time limit.
    case notCopied
}
