package import Deliveries
internal import Foundation
package import Journal
internal import Synchronization
internal import Threads

/// This server's node of a shared journal. It copies the journal to the archive, appends entries, and can become the
/// leader.
package final class SharedJournalNode: Sendable {
    package let settings: SharedJournalSettings
    package let lanes: LaneSet
    package let follower: Follower
    /// The thread that makes this node the leader when possible; nil if the node must never lead.
    package let leader: Leader?
    let writer: JournalWriter
    /// The state of removals, locked while entries are removed.
    let removal = Mutex(RemovalState())

    /// The maximum time, in seconds, that an append waits until this node has copied the appended entries.
    private static let copyWait: TimeInterval = 10

    /// Starts the threads. Blocks only briefly, because the connections are opened by the threads and not by the
    /// caller.
    ///
    /// - Parameters:
    ///   - leads: whether the node can become the leader.
    ///   - noteRemoval: called on the follower's thread with deliveries whose bodies or entries were removed.
    package init(
        _ settings: SharedJournalSettings, into writer: JournalWriter, leads: Bool = true,
        observeCommit: @escaping @Sendable (Duration) -> Void,
        noteRemoval: @escaping @Sendable ([DeliveryID]) -> Void = { _ in },
        note: @escaping @Sendable (SharedJournalEvent) -> Void
    ) throws(ArchiveError) {
        self.settings = settings
        self.writer = writer
        do throws(OwnedThread.CannotStart) {
            lanes = try LaneSet(settings, observeCommit: observeCommit, note: note)
        } catch {
            throw ArchiveError(error, path: writer.directory.path)
        }
        do throws(OwnedThread.CannotStart) {
            follower = try Follower(settings, into: writer, noteRemoval: noteRemoval, note: note)
        } catch {
            lanes.close()
            throw ArchiveError(error, path: writer.directory.path)
        }
        do throws(OwnedThread.CannotStart) {
            leader = leads ? try Leader(settings, mayLead: { [lanes] in lanes.isClaimed }, note: note) : nil
        } catch {
            lanes.close()
            follower.close()
            throw ArchiveError(error, path: writer.directory.path)
        }
    }

    /// Appends entries to the shared journal in one transaction. Returns the positions of the entries after this node
    /// has copied them. Blocks.
    package func append(_ entries: [NewEntry], at now: Timestamp) throws -> [Int64] {
        guard !entries.isEmpty else { return [] }
        let portable = entries.compactMap { entry in
            if case .delivery(let delivery) = entry {
                PortableEntry(entry, at: delivery.receivedAt)
            } else {
                PortableEntry(entry, at: now)
            }
        }
        // All entries can be converted, because bodies are encoded without a dictionary while a journal is shared.
        guard portable.count == entries.count else { throw SharedAppendFailure.rejected(.storageFailed) }
        let result = BlockingResult<Void, SharedAppendFailure>()
        lanes.commit(portable) { failure in result.finish(failure.map(Result.failure) ?? .success(())) }
        try result.wait()
        return try positions(of: portable.map(\.uuid))
    }

    func positions(of uuids: [[UInt8]]) throws -> [Int64] {
        let reader = try JournalReader(writer.directory.journal)
        defer { reader.close() }
        let deadline = Date(timeIntervalSinceNow: Self.copyWait)
        var count = 0
        while true {
            // Waits only for the last entry, because entries are copied in order.
            if let last = uuids.last, try reader.position(of: last) != nil {
                return try uuids.compactMap { try reader.position(of: $0) }
            }
            guard Date() < deadline else { throw SharedAppendFailure.notCopied }
            count = follower.waitForGrowth(after: count, until: deadline)
        }
    }

    /// Stops leading and copying. Commits still work until `LaneSet.close`.
    package func close() {
        leader?.close()
        follower.close()
        lanes.close()
    }
}
