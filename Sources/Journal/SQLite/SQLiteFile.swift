internal import CSystemSQLite
package import GRDB

/// Opens SQLite files with the settings that durability and safety rest on, and translates SQLite's failures.
package enum SQLiteFile {
    /// How long a transaction of a writer is kept from a power cut.
    package enum Durability: Sendable {
        /// Each commit is on disk when it returns (`synchronous = FULL`, sqlite.org/pragma.html#pragma_synchronous).
        case everyCommit
        /// A power cut may take the last commits, whole (`synchronous = NORMAL`): for what can be derived again.
        case lastCommitsMayGo

        var level: Int {
            self == .everyCommit ? 2 : 1
        }

        /// Pages kept in memory. Rows of a file where each commit is synced are appended; the index is written all over.
        var cacheKibibytes: Int {
            self == .everyCommit ? 4096 : 8192
        }
    }

    /// Stops SQLite from counting its memory in this process. The count takes a lock for each allocation, and the threads that write
    /// wait for each other there. Without it, limits on SQLite's memory have no effect. Call it before SQLite is first used; later it
    /// does nothing.
    package static func disableMemoryStatistics() {
        _ = callbox_sqlite3_disable_memory_statistics()
    }

    /// The one connection that writes and checkpoints a file. Creates the file when there is none.
    ///
    /// GRDB sets `synchronous = NORMAL` when it switches to the write-ahead log, so the setting is made after the file is open,
    /// outside any transaction, and read back.
    package static func openForWriting(
        _ path: String, _ schema: SQLiteSchema, durability: Durability
    ) throws(ArchiveError) -> DatabaseQueue {
        let isNew = FileIdentity(path: path) == nil
        if isNew { try FileSystem.createFile(path) }
        var configuration = baseConfiguration(label: "callbox.\(schema.name).writer")
        // GRDB ends the process when a transaction is still open after an access, as it is when the rollback fails too because
        // there is no memory. Writers give such a connection up instead.
        configuration.allowsUnsafeTransactions = true
        let queue = try translating(path) {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            try queue.writeWithoutTransaction { db in
                try schema.checkIdentity(db, path: path)
                // Before anything is changed: a foreign file stays as it is.
                let isCurrent = try SQLiteSchema.format(of: db) == schema.format
                if isCurrent { try schema.checkObjects(db, path: path) }
                // Only an empty file takes this setting. In any other the pragma writes a page all the same, and a log that grows
                // with each opening is never empty for a reader, so it could not be restarted after a failure.
                if try SQLiteSchema.format(of: db) == 0 { try db.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL") }
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
                if !isCurrent {
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

    /// A connection that reads and never writes or checkpoints, also on a read-only medium.
    ///
    /// A file in write-ahead mode needs `-shm` beside it, which cannot be made on a read-only medium. Without a log there is nothing
    /// to coordinate, and the file is opened as immutable (sqlite.org/wal.html §5).
    package static func openForReading(
        _ path: String, _ schema: SQLiteSchema, checksObjects: Bool = true
    ) throws(ArchiveError) -> DatabaseQueue {
        guard FileIdentity(path: path) != nil else { throw .missing(path: path) }
        var configuration = baseConfiguration(label: "callbox.\(schema.name).reader")
        configuration.readonly = true
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
    }

    /// The URI by which SQLite opens a file for reading alone (sqlite.org/uri.html).
    package static func readingURI(_ path: String) throws(ArchiveError) -> String {
        let allowed = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/".utf8)
        let escaped = path.utf8.map { byte -> String in
            allowed.contains(byte)
                ? String(UnicodeScalar(byte))
                : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }
        return "file:\(escaped.joined())?" + (try isImmutable(path) ? "immutable=1" : "mode=ro")
    }

    /// Whether nothing can change a file: it is on a read-only medium and has no log.
    ///
    /// SQLite reads the log of a read-only medium if `-shm` is there too. Then somebody else may be writing, also while the log is
    /// empty.
    private static func isImmutable(_ path: String) throws(ArchiveError) -> Bool {
        guard !FileSystem.isWritable(directory: FileSystem.parent(of: path)) else { return false }
        if FileIdentity(path: path + "-wal") != nil, FileIdentity(path: path + "-shm") != nil { return false }
        guard FileSystem.byteCount(path + "-wal") == 0 else {
            throw .cannotOpen(
                path: path, reason: "it has an unfinished log on a read-only medium; copy the archive and read the copy"
            )
        }
        return true
    }

    /// Settings of every connection: nothing in a file that came from elsewhere runs code or damages the file.
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
        // Values stay out of error texts: they are other people's data.
        configuration.publicStatementArguments = false
        return configuration
    }

    /// Runs SQLite work and translates its failures into this module's.
    package static func translating<Value>(_ path: String, _ work: () throws -> Value) throws(ArchiveError) -> Value {
        do {
            return try work()
        } catch let error as ArchiveError {
            throw error
        } catch let error as DatabaseError {
            throw ArchiveError(error, path: path)
        } catch is RowDecodingError {
            throw .damaged("\(path) is damaged: a row does not read back")
        } catch {
            throw .cannotOpen(path: path, reason: "unexpected failure of type \(type(of: error))")
        }
    }
}

extension ArchiveError {
    /// The meaning of a failure of SQLite.
    package init(_ error: DatabaseError, path: String) {
        switch error.resultCode {
        case .SQLITE_FULL: self = .storageFull
        case .SQLITE_NOTADB: self = .notAnArchive(path: path)
        case .SQLITE_CORRUPT: self = .damaged("\(path) is damaged: SQLite finds it malformed")
        case .SQLITE_CANTOPEN: self = .cannotOpen(path: path, reason: "it cannot be opened or created")
        case .SQLITE_READONLY, .SQLITE_PERM: self = .cannotOpen(path: path, reason: "it is not writable")
        case .SQLITE_BUSY: self = .heldByAnother(path: path, processID: nil)
        default: self = .storageFailed(code: error.extendedResultCode.rawValue)
        }
    }
}
