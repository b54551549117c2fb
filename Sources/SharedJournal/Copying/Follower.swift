package import Deliveries
internal import Foundation
package import Journal
internal import Synchronization
package import Threads

/// The thread that copies a shared journal to the local journal, run by run, and checks the chain.
///
/// Reconnects if the connection breaks. If the local journal is not a copy of the shared journal, copying ends, because
/// all further entries would be wrong.
package final class Follower: Sendable {
    private static let lagInterval: Duration = .seconds(1)

    private let settings: SharedJournalSettings
    private let writer: JournalWriter
    private let note: @Sendable (SharedJournalEvent) -> Void
    private let noteRemoval: @Sendable ([DeliveryID]) -> Void
    private let stop = StopFlag()
    private let thread = Mutex<OwnedThread?>(nil)
    private let copied = Growth()

    package struct Progress: Sendable, Equatable {
        /// The last position that was copied.
        package var position: Int64 = 0
        /// The last position in the shared journal when it was last read.
        package var journalPosition: Int64 = 0
        /// The reason why copying ended; nil while it continues.
        package var problem: String?
        package var isConnected = false
    }

    private let state = Mutex(Progress())

    /// Starts the thread.
    ///
    /// - Parameters:
    ///   - noteRemoval: called on the follower's thread with deliveries whose bodies or entries were removed.
    ///   - note: called on the follower's thread; must not block.
    package init(
        _ settings: SharedJournalSettings, into writer: JournalWriter,
        noteRemoval: @escaping @Sendable ([DeliveryID]) -> Void = { _ in },
        note: @escaping @Sendable (SharedJournalEvent) -> Void
    ) throws(OwnedThread.CannotStart) {
        self.settings = settings
        self.writer = writer
        self.note = note
        self.noteRemoval = noteRemoval
        let started = try OwnedThread("callbox-follower") { [self] in
            // Runs at low priority, because no acknowledgement waits for the copy.
            ThreadPriority.background.applyToCurrentThread()
            run()
        }
        thread.withLock { $0 = started }
    }

    package var progress: Progress { state.withLock { $0 } }

    /// Waits until `deadline`, or until the number of rounds that copied runs is no longer `count`. Returns the new
    /// number. Blocks.
    func waitForGrowth(after count: Int, until deadline: Date) -> Int {
        copied.wait(after: count, until: deadline)
    }

    /// Stops the thread after the current round and joins it. Blocks.
    package func close() {
        stop.set()
        thread.withLock { $0?.join() }
    }

    private func run() {
        var lastReason = ""
        while !stop.isSet {
            do {
                try follow(RunReader(connection: try settings.connect(NodeName.followerRole))) { lastReason = "" }
            } catch ArchiveError.notACopy(let reason) {
                state.withLock { ($0.problem, $0.isConnected) = (reason, false) }
                return note(.followerStopped(reason: reason))
            } catch {
                state.withLock { $0.isConnected = false }
                let reason = (error as? PostgresFailure)?.description ?? "the local journal: \(error)"
                if reason != lastReason { note(.followerFailed(reason: reason)) }
                lastReason = reason
            }
            stop.wait(0.25)
        }
    }

    private func follow(_ reader: RunReader, _ noteSuccess: () -> Void) throws {
        var end = try writer.follow(reader)
        note(.followerConnected)
        noteSuccess()
        state.withLock { ($0.position, $0.isConnected) = (end.position, true) }
        var pace = RoundPace()
        var lagReadAt: ContinuousClock.Instant?
        while !stop.isSet {
            if lagReadAt.map({ $0.duration(to: .now) > Self.lagInterval }) ?? true {
                let last = try reader.lastPosition()
                state.withLock { $0.journalPosition = max(last, end.position) }
                lagReadAt = .now
            }
            let runs = try reader.runs(after: end.position)
            guard !runs.isEmpty else {
                stop.wait(pace.next(after: 0))
                continue
            }
            let outcome = try writer.append(runs)
            let pause = pace.next(after: Int(clamping: outcome.end.position - end.position))
            end = outcome.end
            if !outcome.removed.isEmpty { noteRemoval(outcome.removed) }
            let isBehind = state.withLock { progress in
                progress.position = end.position
                defer { progress.journalPosition = max(progress.journalPosition, end.position) }
                return progress.journalPosition > end.position
            }
            copied.note()
            // Does not pause while there is a backlog.
            if !isBehind { stop.wait(pause) }
        }
    }
}

/// A counter that threads can wait for.
///
/// `@unchecked Sendable`: `condition` guards `count`.
private final class Growth: @unchecked Sendable {
    private let condition = NSCondition()
    private var count = 0

    func note() {
        condition.lock()
        count += 1
        condition.unlock()
        condition.broadcast()
    }

    func wait(after known: Int, until deadline: Date) -> Int {
        condition.lock()
        defer { condition.unlock() }
        while count == known, condition.wait(until: deadline) {}
        return count
    }
}

extension JournalWriter {
    /// Makes the archive a copy of a shared journal. Returns the end of the copy.
    func follow(_ reader: RunReader) throws -> ChainMark {
        let end = try follow(try JournalSetup.identity(reader.connection))
        guard try reader.check(end) else {
            throw ArchiveError.notACopy(reason: "the shared journal does not have entry \(end.position) of the archive")
        }
        return end
    }
}
