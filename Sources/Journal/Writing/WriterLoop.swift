internal import Deliveries
internal import Foundation
internal import GRDB

/// The state of the writer's thread: its connection and the end of the journal.
///
/// ```
///            commit or checkpoint fails            log restarted
/// trusted ──────────────────────────────▶ suspect ───────────────▶ trusted
///                                            │ prevented by a reader: the next commit tries to restart the log
/// ```
/// After a failed fsync, Linux may drop the written pages and report success for the next fsync. If the log continued
/// after the dropped pages, a power cut would lose deliveries that were acknowledged later. Therefore the log is copied
/// into the file and truncated before the writer acknowledges again. A log that an earlier process left is also
/// suspect, because the last sync of that process may have failed.
struct WriterLoop: Sendable {
    /// The number of bytes in the log that trigger a checkpoint. The number is low after commits, because providers
    /// wait during the checkpoint. It is higher after jobs, because jobs write the same pages repeatedly.
    static let checkpointByteCount = (afterCommits: 2 * 1024 * 1024, afterJob: 8 * 1024 * 1024)
    /// The minimum time between checkpoints, as a multiple of the last checkpoint's duration. If syncs are slow, the
    /// two syncs of a checkpoint would otherwise cost more than the syncs of the commits.
    private static let checkpointPause = 9
    /// The number of bytes in the log that trigger a checkpoint even before the minimum time has passed.
    private static let uncopiedByteCountLimit = 32 * 1024 * 1024
    /// If an earlier process left a log, the maximum time that `init` waits until other processes no longer read it.
    private static let readerWaitLimit: Duration = .seconds(5)

    private let file: JournalFile
    /// The connection; nil after a failure, until the file is opened again.
    private var connection: WritingConnection?
    private var journal: JournalAppend?
    /// The identity of the file that was opened first. Any other file at the path is rejected.
    private var identity: FileIdentity?
    private var isSuspect: Bool
    private var nextCheckpoint = ContinuousClock.now

    /// Opens the file and reads the end of the journal. Blocks.
    init(_ file: JournalFile) throws(ArchiveError) {
        self.file = file
        isSuspect = file.logByteCount > 0
        let deadline = ContinuousClock.now + Self.readerWaitLimit
        while connection == nil || isSuspect {
            do throws(ArchiveError) {
                _ = try openedConnection()
            } catch .logNotRestarted where ContinuousClock.now < deadline {
                Thread.sleep(forTimeInterval: 0.02)
            }
        }
    }

    /// Commits the entries together. If a single entry may have caused a failure, commits each entry alone.
    mutating func commit(
        _ deliveries: [EncodedDelivery], reportFailure: (ArchiveError) -> Void
    ) -> [Result<DeliveryID, CommitRejection>] {
        let failure: ArchiveError
        do throws(ArchiveError) {
            let first = try attempt { connection, journal throws(ArchiveError) in
                try connection.run { try journal.append(deliveries.map { (.delivery($0), $0.receivedAt) }, to: $0) }
            }
            return deliveries.indices.map { .success(DeliveryID(rawValue: first + Int64($0))) }
        } catch {
            failure = error
        }
        reportFailure(failure)
        if failure.mayBeCausedByOneEntry, deliveries.count > 1 {
            return deliveries.flatMap { commit([$0], reportFailure: reportFailure) }
        }
        let rejection: CommitRejection =
            switch failure {
            case .storageFull: .storageFull
            case .superseded: .superseded
            default: .storageFailed
            }
        return deliveries.map { _ in .failure(rejection) }
    }

    /// Runs a part of a job.
    mutating func run(_ part: (Database, inout JournalAppend) throws -> Void) throws(ArchiveError) {
        try attempt { connection, journal throws(ArchiveError) in
            try connection.run { try part($0, &journal) }
            // A failed rollback left its transaction open. Closing the connection rolls back and releases the lock.
            guard !connection.hasOpenTransaction else {
                throw ArchiveError.storageFailed(code: ResultCode.SQLITE_ABORT.rawValue)
            }
        }
    }

    /// Runs work on a trusted connection. A failure closes the connection, because the states on disk and in memory may
    /// differ.
    private mutating func attempt<Value>(
        _ work: (WritingConnection, inout JournalAppend) throws(ArchiveError) -> Value
    ) throws(ArchiveError) -> Value {
        do throws(ArchiveError) {
            let connection = try openedConnection()
            try connection.file.check(at: file.path)
            guard var journal else { throw ArchiveError.closed }
            let value = try work(connection, &journal)
            self.journal = journal
            return value
        } catch {
            if error.leavesLogSuspect { isSuspect = true }
            closeConnection()
            throw error
        }
    }

    private mutating func openedConnection() throws(ArchiveError) -> WritingConnection {
        if connection == nil {
            let opened = try WritingConnection(
                file.path, JournalSchema.schema, durability: .everyCommit, known: identity)
            identity = opened.file
            connection = opened
            journal = nil
        }
        guard let connection else { throw .closed }
        if isSuspect {
            guard try connection.restartLog() else { throw .logNotRestarted(path: file.path) }
            isSuspect = false
        }
        if journal == nil {
            journal = try connection.run { db in
                try DictionaryTable.addBuiltIn(db)
                return try JournalAppend(db)
            }
        }
        return connection
    }

    /// Closes the connection explicitly. Releasing it is not enough, because the creator of the writer's thread may
    /// hold another reference.
    private mutating func closeConnection() {
        connection?.close()
        connection = nil
        journal = nil
    }

    /// Copies the log into the file if the log has grown enough. Does not wait for readers.
    mutating func checkpointIfDue(afterJob: Bool, reportFailure: (ArchiveError) -> Void) {
        guard let connection else { return }
        let limits = Self.checkpointByteCount
        let byteCount = connection.uncopiedByteCount
        guard byteCount >= (afterJob ? limits.afterJob : limits.afterCommits),
            byteCount >= Self.uncopiedByteCountLimit || ContinuousClock.now >= nextCheckpoint
        else { return }
        do throws(ArchiveError) {
            let duration = try connection.checkpoint()
            nextCheckpoint = .now + duration * Self.checkpointPause
        } catch {
            isSuspect = true
            closeConnection()
            reportFailure(error)
        }
    }

    /// Leaves the whole journal in one file, unless a reader prevents it.
    mutating func finish() {
        connection?.finish()
        connection = nil
    }
}

extension CommitRejection: Error {}

extension ArchiveError {
    /// True if the failure may be caused by a single entry, so the same work may succeed for other entries.
    fileprivate var mayBeCausedByOneEntry: Bool {
        switch self {
        case .alreadyRecorded: true
        case .storageFailed(let code):
            [ResultCode.SQLITE_CONSTRAINT.rawValue, ResultCode.SQLITE_TOOBIG.rawValue].contains(code & 0xff)
        default: false
        }
    }

    /// True if a write or a sync may have failed after the kernel accepted the bytes.
    fileprivate var leavesLogSuspect: Bool {
        switch self {
        case .storageFailed(let code): code & 0xff == ResultCode.SQLITE_IOERR.rawValue
        case .storageFull, .damaged: true
        default: false
        }
    }
}
