internal import Deliveries
internal import Foundation
internal import GRDB
package import Journal
internal import Synchronization
internal import Threads

/// Follows the journal and writes the index, on its own thread, connection and file. Commits never wait for it.
///
/// ```
/// journal ─ read, decompress, check ─▶ parse ▸ route ─▶ IndexBatch ─▶ index.sqlite, one transaction a batch
/// ```
package final class Indexer: Sendable {
    private let directory: ArchiveDirectory
    private let journal: JournalReader
    private let parser: ReportParser
    private let lag: IndexLag
    private let isUnderPressure: @Sendable () -> Bool
    /// The index that readers see. Held by the thread for each batch and by a rebuild for the moment of its swap.
    ///
    /// Nil when the file cannot be used: a rebuild takes its place.
    private let live: Mutex<IndexFile?>
    private let isStopping = Atomic(false)
    private let growth = DispatchSemaphore(value: 0)
    private let thread = Mutex<OwnedThread?>(nil)
    /// The last indexed position, and who waits for one.
    private let progress = IndexProgress()

    /// Opens the index. One of another format or another journal, or one that is damaged, is rebuilt before anything else.
    ///
    /// - Parameters:
    ///   - isUnderPressure: whether deliveries arrive faster than each could be committed alone; indexing then waits, within `lag`.
    package init(
        _ directory: ArchiveDirectory, lag: IndexLag = IndexLag(),
        isUnderPressure: @escaping @Sendable () -> Bool = { false }, parser: ReportParser
    ) throws(ArchiveError) {
        self.directory = directory
        self.lag = lag
        self.parser = parser
        self.isUnderPressure = isUnderPressure
        self.journal = try JournalReader(directory.journal)
        var file: IndexFile?
        do throws(ArchiveError) {
            let opened = try IndexFile(directory.indexPath, journal, parser)
            if try opened.belongsToJournal() { file = opened } else { opened.close() }
        } catch .unknownFormat {
        } catch .notAnArchive {
        } catch .foreignSchema {
        } catch .damaged {
        }
        // One that a crash left is continued by a rebuild, which then knows what crashed.
        if file != nil { FileSystem.removeDatabase(directory.nextIndexPath) }
        progress.advance(to: try file?.cursor ?? 0)
        self.live = Mutex(file)
    }

    /// Follows the journal on a thread of its own until `stop`.
    ///
    /// - Parameter reportFailure: called when a round fails; the next one is tried after more entries, or a second later.
    package func start(reportFailure: @escaping @Sendable (ArchiveError) -> Void) {
        do throws(OwnedThread.CannotStart) {
            let thread = try OwnedThread("callbox-indexer") { [self] in
                ThreadPriority.indexing.applyToCurrentThread()
                follow(reportFailure)
            }
            self.thread.withLock { $0 = thread }
        } catch {
            reportFailure(ArchiveError(error, path: directory.indexPath))
        }
    }

    /// Says that the journal has grown. Never blocks.
    package func wake() {
        growth.signal()
    }

    /// Ends the thread after the batch that it is at, and closes the files.
    package func stop() {
        isStopping.store(true, ordering: .releasing)
        growth.signal()
        thread.withLock { $0?.join() }
        close()
    }

    /// Indexes everything the journal holds on the caller's thread, and closes the files. Not beside `start`.
    ///
    /// - Parameter progress: called after each batch with the last position that was indexed.
    package func catchUp(progress: (Int64) -> Void = { _ in }) throws(ArchiveError) {
        defer { close() }
        try indexAvailable(progress: progress)
    }

    /// Indexes everything the journal holds on the caller's thread, and keeps the files open. Not beside `start`.
    package func indexAvailable(progress: (Int64) -> Void = { _ in }) throws(ArchiveError) {
        var hasReplaced = false
        while true {
            try replaceUnusableIndex(progress)
            do throws(ArchiveError) {
                var pace = IndexPace.unpaced
                let (count, last) = try indexNext(&pace)
                guard count > 0 else { return }
                progress(last)
            } catch {
                // The damage of an index shows when it is written; one that is replaced should have none.
                guard !hasReplaced, try !isUsable else { throw error }
                hasReplaced = true
            }
        }
    }

    /// Derives the index from the journal again, beside the one that queries read, and swaps it in at the end. Blocks.
    ///
    /// - Parameter progress: called after each batch with the last position that was indexed.
    package func reindex(progress: (Int64) -> Void = { _ in }) throws(ArchiveError) {
        FileSystem.removeDatabase(directory.nextIndexPath)
        try rebuild(progress)
    }

    /// Times that a rebuild catches up beside the indexer's thread before that waits for it.
    private static let passLimit = 8

    /// Builds the index beside the live one, from where an earlier attempt stopped, and swaps it in.
    private func rebuild(_ progress: (Int64) -> Void) throws(ArchiveError) {
        let path = directory.nextIndexPath
        defer { FileSystem.removeDatabase(path) }
        // A reader of its own: this may run beside the indexer's thread.
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
        // To the end as it is now: entries that are recorded all the time would put the end off for ever.
        func catchUp(_ progress: (Int64) -> Void) throws(ArchiveError) -> Int64 {
            let end = try reader.end()?.position ?? 0
            while try next.cursor < end {
                let (count, last) = try next.indexNext()
                guard next.isTrusted else { throw .storageFailed(code: ResultCode.SQLITE_IOERR.rawValue) }
                guard count > 0 else { break }
                guard !isStopping.load(ordering: .acquiring) else { throw .closed }
                progress(last)
            }
            return end
        }
        for _ in 0..<Self.passLimit {
            let end = try catchUp(progress)
            guard try (reader.end()?.position ?? 0) - end > IndexFile.batchCountLimit else { break }
        }
        try withLive { file throws(ArchiveError) in
            // What was recorded meanwhile; the indexer's thread waits for this.
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

    /// Waits until a position is indexed.
    ///
    /// - Returns: false after `limit`.
    package func waitUntilIndexed(_ position: Int64, limit: Duration) -> Bool {
        progress.wait(for: position, limit: limit)
    }

    /// Moves the position up to which deliveries were searched for follow-ups.
    package func moveFollowUpCursor(to position: Int64) throws(ArchiveError) {
        try withLive { file throws(ArchiveError) in
            try file?.connection.run { try IndexState.moveFollowUpCursor(to: position, $0) }
        }
    }

    private func follow(_ reportFailure: @Sendable (ArchiveError) -> Void) {
        var pace = IndexPace()
        while !isStopping.load(ordering: .acquiring) {
            do throws(ArchiveError) {
                try replaceUnusableIndex { _ in }
                try holdBack()
                let (count, last) = try indexNext(&pace)
                if count == 0 {
                    growth.wait()
                } else {
                    let waitingCount = try (journal.end()?.position ?? 0) - last
                    pause(pace.next(after: count, waitingCount: waitingCount))
                }
            } catch .closed {
                return
            } catch {
                reportFailure(error)
                _ = growth.wait(timeout: .now() + 1)
            }
            // One round reads everything there is, however often growth was announced.
            while growth.wait(timeout: .now()) == .success {}
        }
    }

    /// Leaves the machine to the deliveries while many arrive, as far as the lag allows.
    private func holdBack() throws(ArchiveError) {
        while isUnderPressure(), !isStopping.load(ordering: .acquiring) {
            let cursor = progress.position
            let (end, oldest) = try journal.read { db in
                (
                    try JournalEnd.read(db)?.position ?? 0,
                    try Int64.fetchOne(
                        db.cachedStatement(
                            sql: "SELECT recordedAtMilliseconds FROM entry WHERE position > ? ORDER BY position LIMIT 1"
                        ),
                        arguments: [cursor])
                )
            }
            let time = oldest.map(Timestamp.init(millisecondsSinceEpoch:))
            if lag.isExceeded(count: end - cursor, oldest: time) { return }
            pause(.milliseconds(20))
        }
    }

    private func pause(_ duration: Duration) {
        guard duration > .zero, !isStopping.load(ordering: .acquiring) else { return }
        Thread.sleep(forTimeInterval: duration / .seconds(1))
    }

    private func indexNext(_ pace: inout IndexPace) throws(ArchiveError) -> (count: Int, last: Int64) {
        let result = try withLive { file throws(ArchiveError) in
            guard let current = file else { throw ArchiveError.closed }
            // It is derived, so it is derived again: the next round finds none.
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

    private func replaceUnusableIndex(_ report: (Int64) -> Void) throws(ArchiveError) {
        if try !isUsable { try rebuild(report) }
    }

    private var isUsable: Bool {
        get throws(ArchiveError) { try withLive { file throws(ArchiveError) in file != nil } }
    }

    private func withLive<Value>(
        _ work: (inout IndexFile?) throws(ArchiveError) -> Value
    ) throws(ArchiveError) -> Value {
        try live.withLock { file throws(ArchiveError) in try work(&file) }
    }

    /// Closes the files, when neither `start` nor `catchUp` was called.
    package func close() {
        try? withLive { file throws(ArchiveError) in
            file?.close()
            file = nil
        }
        journal.close()
    }
}
