internal import Deliveries
internal import Foundation
internal import GRDB

/// The state of the writer's thread: its connection and the end of the journal.
///
/// ```
///            commit or checkpoint fails            log restarted
/// trusted ──────────────────────────────▶ suspect ───────────────▶ trusted
///                                            │ reader in the way: nothing is acknowledged, the next commit tries again
/// ```
/// After a failed fsync Linux may drop what was written and report the next fsync as successful. A log that goes on behind such a hole
/// loses, at a power cut, what was acknowledged later. So the log is copied back and truncated before anything is acknowledged again.
/// A log that an earlier process left behind is suspect too: its last sync may have failed before that process was killed.
struct WriterLoop: Sendable {
    /// A rejection as an error, for `Result`.
    struct Rejected: Error {
        let rejection: CommitRejection
    }

    /// Bytes of log after which it is copied back: little after commits, because providers wait meanwhile; more after jobs, which
    /// write the same pages again.
    static let checkpointByteCount = (afterCommits: 2 * 1024 * 1024, afterJob: 8 * 1024 * 1024)
    /// After a checkpoint the next one waits this many times as long as it took: where syncs are slow, its two syncs would cost more
    /// than those of the commits.
    private static let checkpointPause = 9
    /// Bytes of log that are copied back without such a wait.
    private static let uncopiedByteCountLimit = 32 * 1024 * 1024

    /// How long the start waits for readers of a log that an earlier process left behind.
    private static let readerWaitLimit: Duration = .seconds(5)

    private let file: JournalFile
    /// Nil after a failure: the file is opened anew before it is trusted again.
    private var connection: WritingConnection?
    private var journal: JournalAppend?
    /// The file that was opened first: no other takes its place while this runs.
    private var identity: FileIdentity?
    /// Whether a sync or checkpoint failed and the log has not been restarted since.
    private var isSuspect: Bool
    private var nextCheckpoint = ContinuousClock.now

    /// Opens the file and reads the end of its journal.
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

    /// Commits the entries together. If that fails for a reason that may lie in one of them, commits each alone.
    mutating func commit(
        _ deliveries: [EncodedDelivery], reportFailure: (ArchiveError) -> Void
    ) -> [Result<DeliveryID, Rejected>] {
        let failure: ArchiveError
        do throws(ArchiveError) {
            let first = try append(deliveries.map { (.delivery($0), $0.receivedAt) })
            return deliveries.indices.map { .success(DeliveryID(rawValue: first + Int64($0))) }
        } catch {
            failure = error
        }
        reportFailure(failure)
        if failure.mayLieInOneEntry, deliveries.count > 1 {
            return deliveries.flatMap { commit([$0], reportFailure: reportFailure) }
        }
        let rejection = CommitRejection(failure)
        return deliveries.map { _ in .failure(Rejected(rejection: rejection)) }
    }

    /// Appends the entries in one transaction and returns the first position. On disk when this returns.
    mutating func append(_ entries: [(entry: NewEntry, at: Timestamp)]) throws(ArchiveError) -> Int64 {
        try attempt { connection, journal throws(ArchiveError) in
            try connection.run { try journal.append(entries, to: $0) }
        }
    }

    /// Runs a part of a job on the connection.
    mutating func run(_ part: (Database, inout JournalAppend) throws -> Void) throws(ArchiveError) {
        try attempt { connection, journal throws(ArchiveError) in
            try connection.run { try part($0, &journal) }
            // A rollback that failed too left its transaction open. Closing undoes it and frees its lock.
            guard !connection.hasOpenTransaction else {
                throw ArchiveError.storageFailed(code: ResultCode.SQLITE_ABORT.rawValue)
            }
        }
    }

    /// Does work on a connection that can be trusted; after a failure the connection is closed, because what reached the disk is not
    /// known and what it holds in memory may differ from the file.
    private mutating func attempt<Value>(
        _ work: (WritingConnection, inout JournalAppend) throws(ArchiveError) -> Value
    ) throws(ArchiveError) -> Value {
        do throws(ArchiveError) {
            let connection = try openedConnection()
            try connection.checkFile()
            guard var journal else { throw ArchiveError.closed }
            let value = try work(connection, &journal)
            self.journal = journal
            return value
        } catch {
            if error.leavesLogSuspect { isSuspect = true }
            forgetConnection()
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

    /// Closes the connection. Letting go of it is not enough, because what started the writer's thread still holds the first one.
    private mutating func forgetConnection() {
        connection?.close()
        connection = nil
        journal = nil
    }

    /// Copies the log back into the file when it has grown enough, without waiting for readers.
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
            forgetConnection()
            reportFailure(error)
        }
    }

    /// Empties the log, so that removed bodies are not left in it. Nothing happens when a reader is in the way.
    mutating func restartLog() {
        _ = try? connection?.restartLog()
    }

    /// Pages written to the log since the connection was opened.
    var writtenPageCount: Int {
        connection?.writtenPageCount ?? 0
    }

    /// Leaves the whole journal in one file.
    mutating func finish() {
        connection?.finish()
        connection = nil
    }
}

extension ArchiveError {
    /// Whether the same work may succeed for some of the entries.
    fileprivate var mayLieInOneEntry: Bool {
        switch self {
        case .alreadyRecorded: true
        case .storageFailed(let code):
            [ResultCode.SQLITE_CONSTRAINT.rawValue, ResultCode.SQLITE_TOOBIG.rawValue].contains(code & 0xff)
        default: false
        }
    }

    /// Whether a write or sync may have failed after bytes were handed to the kernel.
    fileprivate var leavesLogSuspect: Bool {
        switch self {
        case .storageFailed(let code): code & 0xff == ResultCode.SQLITE_IOERR.rawValue
        case .storageFull, .damaged: true
        default: false
        }
    }
}

extension CommitRejection {
    init(_ error: ArchiveError) {
        self = error == .storageFull ? .storageFull : .storageFailed
    }
}
