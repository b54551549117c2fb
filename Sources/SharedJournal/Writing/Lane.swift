internal import Deliveries
internal import Foundation
internal import Journal
internal import Synchronization

/// The thread of one lane. It takes batches from the queue, one at a time, and commits them.
///
/// ```
///             connected, claimed             outcome unknown, unproved or a failure
/// away ────────────────────────────▶ open ──────────────────────────────────────────▶ away
///   │ another process has the name      │ fenced
///   └──────────▶ the queue stops, and with it the server
/// ```
/// If the outcome of a batch is unknown, the lane looks up the batch by its UUIDs after the next claim. If the lookup
/// takes too long, the deliveries get 503 although they may be in the journal. The provider then sends them again.
struct Lane {
    /// The seconds between two attempts to connect.
    private static let pause: TimeInterval = 0.25
    /// The seconds between two attempts with a database role that has only read access, as on some query nodes.
    private static let pauseWithoutPrivilege: TimeInterval = 30
    /// The seconds without deliveries after which a lane checks that it is still claimed by this process. A process
    /// that another process replaced therefore stops, even if it receives no deliveries.
    private static let idleLimit: TimeInterval = 2

    let name: String
    let settings: SharedJournalSettings
    let queue: SubmissionQueue
    let note: @Sendable (SharedJournalEvent) -> Void
    let observeCommit: @Sendable (Duration) -> Void
    private var session: LaneSession?
    /// The epoch of the last session; nil before the first session.
    private var epoch: Int64?
    private var lastReason = ""
    private var retryPause = Self.pause

    init(
        _ name: String, _ settings: SharedJournalSettings, _ queue: SubmissionQueue,
        observeCommit: @escaping @Sendable (Duration) -> Void, note: @escaping @Sendable (SharedJournalEvent) -> Void
    ) {
        self.name = name
        self.settings = settings
        self.queue = queue
        self.observeCommit = observeCommit
        self.note = note
    }

    /// Runs until the queue has stopped and is empty.
    mutating func run() {
        while !queue.isFenced {
            if session == nil { open() }
            if session == nil {
                // Other lanes commit the submissions in the meantime. If no lane is connected, the queue rejects
                // submissions.
                if queue.waitForStop(retryPause) { break }
            } else if let batch = queue.next(idleLimit: Self.idleLimit) {
                if batch.isEmpty {
                    checkClaim()
                } else {
                    commit(batch)
                    queue.noteFinished(batch)
                }
            } else {
                break
            }
        }
        close()
    }

    private mutating func open() {
        do throws(PostgresFailure) {
            let connection = try settings.connect(name)
            // Checks the name only before the first claim. A later claim succeeds only if no other process has claimed
            // the lane since the last claim.
            if epoch == nil {
                let isTaken = try NodeName.isTaken(settings.node, connection) { queue.waitForStop($0) }
                guard isTaken == false else {
                    if isTaken == true {
                        queue.fence()
                        note(.nameInUse(node: settings.node))
                    }
                    return
                }
            }
            guard
                let opened = try LaneSession(connection, name: name, expected: epoch, level: settings.level)
            else { return fence() }
            epoch = opened.epoch
            session = opened
            lastReason = ""
            queue.isLevelMet.store(opened.isProved, ordering: .relaxed)
            queue.noteConnected(1)
            note(.laneConnected(lane: name))
        } catch {
            retryPause = error.isMissingPrivilege ? Self.pauseWithoutPrivilege : Self.pause
            report(error.description)
        }
    }

    private mutating func checkClaim() {
        do throws(PostgresFailure) {
            if try session?.isClaimed() == false { fence() }
        } catch {
            report(error.description)
            close()
        }
    }

    private mutating func close() {
        guard session != nil else { return }
        session = nil
        queue.noteConnected(-1)
    }

    private mutating func fence() {
        session = nil
        queue.fence()
        note(.fenced(lane: name))
    }

    /// Reports why the lane is not connected, unless the last report had the same reason.
    private mutating func report(_ reason: String) {
        guard reason != lastReason else { return }
        lastReason = reason
        note(.laneFailed(lane: name, reason: reason))
    }

    private mutating func commit(_ batch: [Submission]) {
        let start = ContinuousClock.now
        do throws(PostgresFailure) {
            // There may be no session: if a batch is committed row by row, the connection can break at an earlier row.
            guard let outcome = try session?.insert(batch.flatMap(\.entries)) else {
                return reject(batch, .storageFailed)
            }
            observeCommit(start.duration(to: .now))
            switch outcome {
            case .committed:
                queue.isLevelMet.store(true, ordering: .relaxed)
                for submission in batch { submission.finish(.durable) }
            case .fenced:
                fence()
                reject(batch, .storageFailed)
            case .levelNotMet:
                queue.isLevelMet.store(false, ordering: .relaxed)
                report("PostgreSQL does not confirm commits at the level \(settings.level.rawValue)")
                reject(batch, .storageFailed)
            case .unproved(let reason):
                queue.isLevelMet.store(false, ordering: .relaxed)
                note(.unproved(lane: name, reason: reason))
                close()
                reject(batch, .storageFailed)
            }
        } catch {
            if error.mayBeCausedByOneRow, batch.count > 1 {
                for submission in batch { commit([submission]) }
            } else if error.isUniqueViolation {
                for submission in batch { submission.finish(.alreadyRecorded) }
            } else if case .rejected = error {
                report(error.description)
                reject(batch, error.isStorageFull ? .storageFull : .storageFailed)
            } else {
                report(error.description)
                close()
                resolve(batch)
            }
        }
    }

    private func reject(_ batch: [Submission], _ rejection: CommitRejection) {
        for submission in batch { submission.finish(.rejected(rejection)) }
    }

    /// Determines whether a batch was committed before its connection broke.
    private mutating func resolve(_ batch: [Submission]) {
        let deadline = (batch.first?.enqueuedAt ?? .now) + SubmissionQueue.waitLimit
        while session == nil, !queue.isFenced, ContinuousClock.now < deadline {
            open()
            if session == nil { Thread.sleep(forTimeInterval: Self.pause) }
        }
        guard let session else { return reject(batch, .storageFailed) }
        do throws(PostgresFailure) {
            let durable = try session.durable(batch.flatMap(\.entries))
            for submission in batch {
                let isDurable = submission.entries.allSatisfy { durable.contains($0.uuid) }
                submission.finish(isDurable ? .durable : .rejected(.storageFailed))
            }
        } catch {
            report(error.description)
            close()
            reject(batch, .storageFailed)
        }
    }
}
