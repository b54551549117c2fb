package import GRDB
internal import GRDBSQLite

/// The one connection that writes and checkpoints a file.
///
/// `@unchecked Sendable`: made by whoever opens the file, then used by the writer's thread alone.
package final class WritingConnection: @unchecked Sendable {
    package let path: String
    private let queue: DatabaseQueue
    /// Which file this is.
    package let file: FileIdentity
    /// Pages in the write-ahead log after the last commit, told by SQLite.
    private var logPageCount = 0
    /// The same when the log was last copied back.
    private var copiedPageCount = 0
    /// Pages written to the log since the file was opened.
    private(set) package var writtenPageCount = 0

    /// - Parameter known: the file that was open before: another one is rejected. Nil at the start.
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

    /// Whether work left a transaction open, as it does when its rollback fails too because there is no memory.
    package var hasOpenTransaction: Bool {
        queue.writeWithoutTransaction { $0.isInsideTransaction }
    }

    /// Fails when the file was moved away or replaced: what is written would not be found again.
    package func checkFile() throws(ArchiveError) {
        try file.check(at: path)
    }

    /// Bytes that were written to the log since it was last copied back.
    package var uncopiedByteCount: Int {
        (logPageCount - copiedPageCount) * Self.pageByteCount
    }

    /// Copies the log back into the file, without waiting for readers, and returns the time that took.
    ///
    /// A failure to sync what was copied is thrown: nothing may be acknowledged then until the log was restarted.
    @discardableResult
    package func checkpoint() throws(ArchiveError) -> Duration {
        copiedPageCount = logPageCount
        let start = ContinuousClock.now
        // Readers in the way are no failure: the rest is copied by a later checkpoint.
        _ = try run { try Self.checkpoint(SQLITE_CHECKPOINT_PASSIVE, $0) }
        return start.duration(to: .now)
    }

    /// Copies the whole log back and empties it.
    ///
    /// - Returns: false when a reader was in the way.
    package func restartLog() throws(ArchiveError) -> Bool {
        let isDone = try run { try Self.restartLog($0) }
        if isDone { (logPageCount, copiedPageCount) = (0, 0) }
        return isDone
    }

    /// The same within work on the connection, outside any transaction.
    static func restartLog(_ db: Database) throws -> Bool {
        try checkpoint(SQLITE_CHECKPOINT_TRUNCATE, db)
    }

    /// Leaves everything in the one file, and closes it.
    package func finish() {
        _ = try? restartLog()
        close()
    }

    package func close() {
        queue.writeWithoutTransaction { _ = sqlite3_wal_hook($0.sqliteConnection, nil, nil) }
        try? queue.close()
    }

    private static let pageByteCount = 4096

    /// - Returns: false when a reader was in the way.
    private static func checkpoint(_ mode: Int32, _ db: Database) throws -> Bool {
        // A reader in the way is reported at once, not after the time-out of busy locks: deliveries wait meanwhile.
        sqlite3_busy_timeout(db.sqliteConnection, 0)
        defer { sqlite3_busy_timeout(db.sqliteConnection, 5000) }
        let code = sqlite3_wal_checkpoint_v2(db.sqliteConnection, nil, mode, nil, nil)
        switch code & 0xff {
        case SQLITE_OK: return true
        case SQLITE_BUSY, SQLITE_LOCKED: return false
        default: throw DatabaseError(resultCode: ResultCode(rawValue: code))
        }
    }

    /// Has SQLite tell the log's size after each commit (sqlite.org/c3ref/wal_hook.html). It replaces SQLite's own checkpoints.
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
        // Each commit adds pages, so with fewer than before the log was begun again: all of it had been copied back.
        if pageCount <= logPageCount { (logPageCount, copiedPageCount) = (0, 0) }
        writtenPageCount += pageCount - logPageCount
        logPageCount = pageCount
    }
}
