internal import CSystemSQLite
package import GRDB

/// Opens SQLite files with the settings that durability and safety require, and translates SQLite's failures.
package enum SQLiteFile {
    /// The transactions that survive a power cut.
    package enum Durability: Sendable {
        /// Each commit is on disk when it returns (`synchronous = FULL`, sqlite.org/pragma.html#pragma_synchronous).
        case everyCommit
        /// A power cut can undo the last commits, but never a part of a commit (`synchronous = NORMAL`). Used for data
        /// that can be derived again.
        case lastCommitsMayGo

        var level: Int { self == .everyCommit ? 2 : 1 }

        /// The page cache in KiB. Appending to the journal touches few pages; indexing changes pages all over the file.
        var cacheKibibytes: Int { self == .everyCommit ? 4096 : 8192 }
    }

    /// Stops SQLite from counting its memory in this process, because counting takes a lock at each allocation, and the
    /// writing threads contend for this lock. Without the count, limits on SQLite's memory have no effect. Must be
    /// called before SQLite's first use; later calls do nothing.
    package static func disableMemoryStatistics() {
        _ = callbox_sqlite3_disable_memory_statistics()
    }

    /// Opens the only connection that writes to a file and checkpoints it. Creates the file if it does not exist.
    ///
    /// GRDB sets `synchronous = NORMAL` when it enables the write-ahead log. Therefore this function sets `synchronous`
    /// after the file is open, outside any transaction, and then checks the value.
    package static func openForWriting(
        _ path: String, _ schema: SQLiteSchema, durability: Durability
    ) throws(ArchiveError) -> DatabaseQueue {
        let isNew = FileIdentity(path: path) == nil
        if isNew { try FileSystem.createFile(path) }
        var configuration = baseConfiguration(label: "callbox.\(schema.name).writer")
        // GRDB would end the process if a transaction were still open after a database access, for example because a
        // rollback failed for lack of memory. Callbox's writers close such a connection instead.
        configuration.allowsUnsafeTransactions = true
        let queue = try translating(path) {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            try queue.writeWithoutTransaction { db in
                // Checks before any change, because a foreign file must stay unchanged.
                try schema.checkIdentity(db, path: path)
                let format = try SQLiteSchema.format(of: db)
                if format == schema.format { try schema.checkObjects(db, path: path) }
                // Only an empty file accepts this setting. In any other file, the pragma still writes a page. The log
                // would then grow at each opening, would never be empty for a reader, and could not be restarted after
                // a failure.
                if format == 0 { try db.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL") }
                try db.execute(
                    sql: """
                        PRAGMA journal_mode = WAL;
                        PRAGMA synchronous = \(durability.level);
                        PRAGMA mmap_size = 0;
                        PRAGMA wal_autocheckpoint = 0;
                        PRAGMA journal_size_limit = 67108864;
                        PRAGMA cache_size = -\(durability.cacheKibibytes);
                        PRAGMA temp_store = MEMORY;
                        PRAGMA secure_delete = ON;
                        """)
                if format != schema.format {
                    try schema.migrate(db)
                    try schema.checkObjects(db, path: path)
                }
                try protect(db)
                guard try Int.fetchOne(db, sql: "PRAGMA synchronous") == durability.level,
                    try String.fetchOne(db, sql: "PRAGMA journal_mode") == "wal",
                    try Bool.fetchOne(db, sql: "PRAGMA foreign_keys") == true
                else {
                    throw ArchiveError.cannotOpen(
                        path: path, reason: "this file system does not support SQLite's write-ahead log")
                }
            }
            return queue
        }
        if isNew { FileSystem.syncDirectory(FileSystem.parent(of: path)) }
        return queue
    }

    /// Opens a connection that never writes and never checkpoints, even on a read-only medium.
    ///
    /// SQLite needs a `-shm` file to read a file in write-ahead mode, but cannot create it on a read-only medium. A file
    /// without a log needs no coordination of connections, so on such a medium it is opened as immutable
    /// (sqlite.org/wal.html §5).
    package static func openForReading(
        _ path: String, _ schema: SQLiteSchema, checksObjects: Bool = true
    ) throws(ArchiveError) -> DatabaseQueue {
        guard try FileSystem.exists(path) else { throw .missing(path: path) }
        var configuration = baseConfiguration(label: "callbox.\(schema.name).reader")
        configuration.readonly = true
        do throws(ArchiveError) {
            return try translating(path) {
                let queue = try DatabaseQueue(path: try readingURI(path), configuration: configuration)
                try queue.unsafeRead { db in
                    try schema.checkIdentity(db, path: path)
                    let format = try SQLiteSchema.format(of: db)
                    guard format > 0 else { throw ArchiveError.notAnArchive(path: path) }
                    guard format == schema.format else { throw ArchiveError.unknownFormat(path: path, format: format) }
                    if checksObjects { try schema.checkObjects(db, path: path) }
                    try protect(db)
                }
                return queue
            }
        } catch {
            throw error.whenReading
        }
    }

    /// The URI with which SQLite opens a file read-only (sqlite.org/uri.html).
    package static func readingURI(_ path: String) throws(ArchiveError) -> String {
        // Uses the real path, because SQLite follows links and keeps the log beside the real file.
        let path = FileSystem.realPath(path)
        let allowed = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/".utf8)
        let escaped = path.utf8.map { byte -> String in
            allowed.contains(byte)
                ? String(UnicodeScalar(byte))
                : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }
        return "file:\(escaped.joined())?" + (try isImmutable(path) ? "immutable=1" : "mode=ro")
    }

    /// True if no process can change the file: it is on a read-only medium and has no log.
    ///
    /// If `-wal` and `-shm` exist, SQLite reads the log even on a read-only medium. Another process may then be
    /// writing, even if the log is empty.
    static func isImmutable(_ path: String) throws(ArchiveError) -> Bool {
        guard !FileSystem.isWritable(directory: FileSystem.parent(of: path)) else { return false }
        if FileIdentity(path: path + "-wal") != nil, FileIdentity(path: path + "-shm") != nil { return false }
        guard FileSystem.byteCount(path + "-wal") == 0 else {
            throw .cannotRead(
                path: path, reason: "it has an unfinished log on a read-only medium; copy the archive and read the copy"
            )
        }
        return true
    }

    /// Prevents SQL code in a foreign file from running, and damage from spreading.
    private static func protect(_ db: Database) throws {
        try db.execute(sql: "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON")
        let code = callbox_sqlite3_set_defensive(db.sqliteConnection)
        guard code == 0 else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
    }

    private static func baseConfiguration(label: String) -> Configuration {
        var configuration = Configuration()
        configuration.label = label
        configuration.busyMode = .timeout(5)
        configuration.foreignKeysEnabled = true
        // Keeps personal data out of error messages.
        configuration.publicStatementArguments = false
        return configuration
    }

    /// Runs SQLite work and translates its failures to `ArchiveError`.
    package static func translating<Value>(_ path: String, _ work: () throws -> Value) throws(ArchiveError) -> Value {
        do {
            return try work()
        } catch let error as ArchiveError {
            throw error
        } catch let error as DatabaseError {
            throw ArchiveError(error, path: path)
        } catch is RowDecodingError {
            throw .damaged("\(path) is damaged: a row cannot be read")
        } catch {
            throw .cannotOpen(path: path, reason: "unexpected failure of type \(type(of: error))")
        }
    }
}
