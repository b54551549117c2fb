internal import Deliveries
internal import Foundation
internal import GRDB
package import Journal
internal import Synchronization
internal import Threads

/// Reads new journal entries and writes the index, with its own thread, connection and file. Commits never wait for the
/// indexer.
///
/// ```
/// journal ─ read, decompress, check ─▶ parse ▸ route ─▶ IndexBatch ─▶ index.sqlite, one transaction per batch
/// ```
package final class Indexer: Sendable {
    private let directory: ArchiveDirectory
    private let journal: JournalReader
    private let parser: ReportParser
    private let lag: IndexLag
    private let isUnderPressure: @Sendable () -> Bool
    /// The index that queries read. The indexer's thread locks it for each batch; a rebuild locks it while it swaps the
    /// files. Nil if the file cannot be used; it is then rebuilt.
    private let live: Mutex<IndexFile?>
    private let isStopping = Atomic(false)
    private let growth = DispatchSemaphore(value: 0)
    private let thread = Mutex<OwnedThread?>(nil)
    private let progress = IndexProgress()

    /// Opens the index. If the file is damaged, has another format or belongs to another journal, it is rebuilt first.
    ///
    /// - Parameter isUnderPressure: returns true if deliveries arrive faster than they could be committed one by one.
    ///   Indexing then waits until a limit of `lag` is exceeded.
    /// - Throws: `ArchiveError`.
    package init(
        _ directory: ArchiveDirectory, lag: IndexLag = IndexLag(),
        isUnderPressure: @escaping @Sendable () -> Bool = { false }, parser: ReportParser
    ) throws {
        self.directory = directory
        self.lag = lag
        self.parser = parser
        self.isUnderPressure = isUnderPressure
        self.journal = try JournalReader(directory.journal)
        var file: IndexFile?
        do {
            let opened = try IndexFile(directory.indexPath, journal, parser)
            if try opened.belongsToJournal() { file = opened } else { opened.close() }
        } catch let error as ArchiveError where error.isUnusableFile {}
        // If the index cannot be used, keeps the file of a rebuild that a crash interrupted, because this file records
        // which delivery caused the crash.
        if file != nil { FileSystem.removeDatabase(directory.nextIndexPath) }
        progress.advance(to: try file?.cursor ?? 0)
        self.live = Mutex(file)
    }

    /// Follows the journal on a separate thread until `stop`.
    ///
    /// - Parameter reportFailure: called when a round fails. The next round starts after a second, or when more entries
    ///   are added.
    package func start(reportFailure: @escaping @Sendable (ArchiveError) -> Void) {
        do throws(OwnedThread.CannotStart) {
            let thread = try OwnedThread("callbox-indexer") { [self] in
                ThreadPriority.background.applyToCurrentThread()
                follow(reportFailure)
            }
            self.thread.withLock { $0 = thread }
        } catch {
            reportFailure(ArchiveError(error, path: directory.indexPath))
        }
    }

    /// Announces that the journal has grown. Never blocks.
    package func wake() {
        growth.signal()
    }

    /// Stops the thread after the current batch and closes the files. Blocks.
    package func stop() {
        isStopping.store(true, ordering: .releasing)
        growth.signal()
        thread.withLock { $0?.join() }
        close()
    }

    /// Closes the files. This call is needed only if neither `start` nor `catchUp` was called.
    package func close() {
        live.withLock { file in
            file?.close()
            file = nil
        }
        journal.close()
    }

    /// Indexes the whole journal on the caller's thread and closes the files. Do not call this function after `start`.
    ///
    /// - Parameter progress: called after each batch with the last indexed position.
    package func catchUp(progress: (Int64) -> Void = { _ in }) throws {
        defer { close() }
        try indexAvailable(progress: progress)
    }

    /// Indexes the whole journal on the caller's thread and keeps the files open. Do not call this function after
    /// `start`.
    package func indexAvailable(progress: (Int64) -> Void = { _ in }) throws {
        var hasReplaced = false
        while true {
            try replaceUnusableIndex(progress)
            do {
                var pace = IndexPace.unpaced
                let (count, last) = try indexNext(&pace)
                guard count > 0 else { return }
                progress(last)
            } catch {
                // A write to a damaged index fails, and the index is then replaced. It is replaced only once, because
                // if a new index also fails, the cause is not damage.
                guard !hasReplaced, !isUsable else { throw error }
                hasReplaced = true
            }
        }
    }

    /// Rebuilds the index from the journal in a second file, and swaps the files at the end. Blocks.
    ///
    /// - Parameter progress: called after each batch with the last indexed position.
    package func reindex(progress: (Int64) -> Void = { _ in }) throws {
        FileSystem.removeDatabase(directory.nextIndexPath)
        try rebuild(progress)
    }

    /// The maximum number of passes of a rebuild while the indexer's thread continues. For the final pass the thread
    /// must wait.
    private static let passLimit = 8

    /// Builds a second index, continuing an earlier attempt if it exists, and swaps the files.
    private func rebuild(_ progress: (Int64) -> Void) throws {
        let path = directory.nextIndexPath
        defer { FileSystem.removeDatabase(path) }
        // Uses a separate reader, because the indexer's thread may run at the same time.
        let reader = try JournalReader(directory.journal)
        defer { reader.close() }
        let next: IndexFile
        if let left = try? IndexFile(path, reader, parser), (try? left.belongsToJournal()) == true {
            next = left
        } else {
            FileSystem.removeDatabase(path)
            next = try IndexFile(path, reader, parser)
        }
        defer { next.close() }
        // A pass ends at the last entry that existed when the pass started. Otherwise new entries could extend the pass
        // without end.
        func catchUp(_ progress: (Int64) -> Void) throws -> Int64 {
            let end = try reader.end()?.position ?? 0
            var pace = IndexPace.unpaced
            while try next.cursor < end {
                let (count, last) = try next.indexNext(&pace)
                guard next.isTrusted else {
                    throw ArchiveError.storageFailed(code: ResultCode.SQLITE_IOERR.rawValue)
                }
                guard count > 0 else { break }
                guard !isStopping.load(ordering: .acquiring) else { throw ArchiveError.closed }
                progress(last)
            }
            return end
        }
        for _ in 0..<Self.passLimit {
            let end = try catchUp(progress)
            guard try (reader.end()?.position ?? 0) - end > IndexFile.batchCountLimit else { break }
        }
        try live.withLock { file in
            // The final pass indexes the entries since the previous pass while the indexer's thread waits.
            _ = try catchUp { _ in }
            let followUp = try file?.connection.run { try IndexState.followUpCursor($0) }
            if let followUp {
                try next.connection.run { db in
                    let known = try IndexState.followUpCursor(db) ?? 0
                    try IndexState.moveFollowUpCursor(to: max(known, followUp), db)
                }
            }
            file?.close()
            file = nil
            try next.copy(to: directory.indexPath)
            file = try IndexFile(directory.indexPath, journal, parser)
        }
        wake()
    }

    /// Waits until a position is indexed. Returns false if this takes longer than `limit`. Blocks.
    package func waitUntilIndexed(_ position: Int64, limit: Duration) -> Bool {
        progress.wait(for: position, limit: limit)
    }

    /// Records the position up to which deliveries were searched for follow-ups.
    package func moveFollowUpCursor(to position: Int64) throws {
        try live.withLock { file in
            try file?.connection.run { try IndexState.moveFollowUpCursor(to: position, $0) }
        }
    }

    private func follow(_ reportFailure: @Sendable (ArchiveError) -> Void) {
        var pace = IndexPace()
        while !isStopping.load(ordering: .acquiring) {
            do throws(ArchiveError) {
                try SQLiteFile.translating(directory.indexPath) { try round(&pace) }
            } catch .closed {
                return
            } catch {
                reportFailure(error)
                _ = growth.wait(timeout: .now() + 1)
            }
            // Clears all announcements, because the next round reads new entries before it waits for one.
            while growth.wait(timeout: .now()) == .success {}
        }
    }

    /// Indexes one batch, or waits until the journal grows.
    private func round(_ pace: inout IndexPace) throws {
        try replaceUnusableIndex { _ in }
        try yieldToDeliveries()
        let (count, last) = try indexNext(&pace)
        guard count > 0 else { return growth.wait() }
        let waitingCount = try (journal.end()?.position ?? 0) - last
        pause(pace.next(after: count, waitingCount: waitingCount))
    }

    /// Waits while many deliveries arrive, as long as the lag allows it.
    private func yieldToDeliveries() throws {
        while isUnderPressure(), !isStopping.load(ordering: .acquiring) {
            let cursor = progress.position
            let (end, oldest) = try journal.read { db in
                let oldest = try Timestamp.fetchOne(
                    db.cachedStatement(
                        sql: "SELECT recordedAtMilliseconds FROM entry WHERE position > ? ORDER BY position LIMIT 1"),
                    arguments: [cursor])
                return (try JournalEnd.read(db)?.position ?? 0, oldest)
            }
            if lag.isExceeded(count: end - cursor, oldest: oldest) { return }
            pause(.milliseconds(20))
        }
    }

    private func pause(_ duration: Duration) {
        guard duration > .zero, !isStopping.load(ordering: .acquiring) else { return }
        Thread.sleep(forTimeInterval: duration / .seconds(1))
    }

    private func indexNext(_ pace: inout IndexPace) throws -> (count: Int, last: Int64) {
        let result = try live.withLock { file in
            guard let current = file else { throw ArchiveError.closed }
            // Removes a file that is no longer trusted. The next round rebuilds the index.
            defer {
                if !current.isTrusted {
                    current.close()
                    FileSystem.removeDatabase(directory.indexPath)
                    file = nil
                }
            }
            return try current.indexNext(&pace)
        }
        progress.advance(to: result.last)
        return result
    }

    private func replaceUnusableIndex(_ report: (Int64) -> Void) throws {
        if !isUsable { try rebuild(report) }
    }

    private var isUsable: Bool {
        live.withLock { $0 != nil }
    }
}
