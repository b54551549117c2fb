package import GRDB
internal import GRDBSQLite

/// The only connection that writes to a file and checkpoints it.
///
/// `@unchecked Sendable`: the thread that opens the file passes the connection to the writer's thread. After that only
/// the writer's thread uses it.
package final class WritingConnection: @unchecked Sendable {
    package let path: String
    package let file: FileIdentity
    private let queue: DatabaseQueue
    /// The number of pages in the write-ahead log after the last commit.
    private var logPageCount = 0
    /// The value of `logPageCount` at the last checkpoint.
    private var copiedPageCount = 0

    /// Opens the file at a path.
    ///
    /// - Parameter known: the file that was open before; any other file is rejected. Nil at the start.
    package init(
        _ path: String, _ schema: SQLiteSchema, durability: SQLiteFile.Durability, known: FileIdentity? = nil
    ) throws(ArchiveError) {
        if let known { try known.check(at: path) }
        self.path = path
        self.queue = try SQLiteFile.openForWriting(path, schema, durability: durability)
        guard let file = FileIdentity(path: path), file == known ?? file else { throw FileIdentity.moved(path) }
        self.file = file
        watchLog()
    }

    /// Runs SQLite work outside any transaction and translates its failures.
    package func run<Value>(_ work: (Database) throws -> Value) throws(ArchiveError) -> Value {
        try SQLiteFile.translating(path) { try queue.writeWithoutTransaction(work) }
    }

    /// True if work left a transaction open, for example because its rollback failed for lack of memory.
    package var hasOpenTransaction: Bool {
        queue.writeWithoutTransaction { $0.isInsideTransaction }
    }

    /// The number of bytes written to the log since the last checkpoint.
    package var uncopiedByteCount: Int {
        (logPageCount - copiedPageCount) * 4096
    }

    /// Copies the log into the file without waiting for readers. Returns the duration.
    ///
    /// Throws if a sync fails. Nothing may then be acknowledged until the log is restarted.
    @discardableResult
    package func checkpoint() throws(ArchiveError) -> Duration {
        copiedPageCount = logPageCount
        let start = ContinuousClock.now
        // If a reader blocks part of the log, a later checkpoint copies the rest.
        _ = try run { try Self.checkpoint(SQLITE_CHECKPOINT_PASSIVE, $0) }
        return start.duration(to: .now)
    }

    /// Copies the whole log into the file and empties the log.
    ///
    /// - Returns: false if a reader prevented the copying.
    package func restartLog() throws(ArchiveError) -> Bool {
        let isDone = try run { try Self.restartLog($0) }
        if isDone { (logPageCount, copiedPageCount) = (0, 0) }
        return isDone
    }

    /// Restarts the log. Call it on the writer's thread, outside any transaction.
    static func restartLog(_ db: Database) throws -> Bool {
        try checkpoint(SQLITE_CHECKPOINT_TRUNCATE, db)
    }

    /// Empties the log unless a reader prevents it, and closes the file.
    package func finish() {
        _ = try? restartLog()
        close()
    }

    package func close() {
        queue.writeWithoutTransaction { _ = sqlite3_wal_hook($0.sqliteConnection, nil, nil) }
        try? queue.close()
    }

    /// - Returns: false if a reader prevented the checkpoint.
    private static func checkpoint(_ mode: Int32, _ db: Database) throws -> Bool {
        // Does not wait for readers, because deliveries would wait too.
        sqlite3_busy_timeout(db.sqliteConnection, 0)
        defer { sqlite3_busy_timeout(db.sqliteConnection, 5000) }
        let code = sqlite3_wal_checkpoint_v2(db.sqliteConnection, nil, mode, nil, nil)
        switch code & 0xff {
        case SQLITE_OK: return true
        case SQLITE_BUSY, SQLITE_LOCKED: return false
        default: throw DatabaseError(resultCode: ResultCode(rawValue: code))
        }
    }

    /// Counts the log's pages after each commit (sqlite.org/c3ref/wal_hook.html). The hook replaces SQLite's automatic
    /// checkpoints.
    private func watchLog() {
        let context = Unmanaged.passUnretained(self).toOpaque()
        queue.writeWithoutTransaction { db in
            _ = sqlite3_wal_hook(
                db.sqliteConnection,
                { context, _, _, pageCount in
                    guard let context else { return SQLITE_OK }
                    Unmanaged<WritingConnection>.fromOpaque(context).takeUnretainedValue().note(Int(pageCount))
                    return SQLITE_OK
                }, context)
        }
    }

    private func note(_ pageCount: Int) {
        // Each commit adds pages. If the count did not grow, the log was restarted, so the whole log had been copied
        // before.
        if pageCount <= logPageCount { (logPageCount, copiedPageCount) = (0, 0) }
        logPageCount = pageCount
    }
}
