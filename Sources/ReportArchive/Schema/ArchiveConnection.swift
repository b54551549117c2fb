internal import Foundation
internal import GRDB

/// Opens the SQLite file, for writing and for reading, and sees to the settings that the promise rests on.
enum ArchiveConnection {
    /// The one connection that writes and checkpoints. Creates the file where there is none.
    ///
    /// `synchronous = FULL` is what makes a commit durable in WAL mode (sqlite.org/pragma.html#pragma_synchronous). It is
    /// set after the file is open, outside any transaction, and read back: settings made earlier can be undone by the
    /// switch to WAL.
    static func openForWriting(_ location: ArchiveLocation) throws(ArchiveError) -> DatabaseQueue {
        let isNew = !location.exists
        if isNew { try location.createFile() }
        var configuration = baseConfiguration(label: "callbox.archive.writer")
        // Integrity is checked by `archive check`; a look-up of the parent on every insert is not worth its time.
        configuration.foreignKeysEnabled = false
        // GRDB ends the process when a transaction is still open after an access, as it is when the rollback fails as well, for
        // want of memory. The writer gives such a connection up instead.
        configuration.allowsUnsafeTransactions = true
        let queue = try wrapping(location) {
            let queue = try DatabaseQueue(path: location.path, configuration: configuration)
            try queue.writeWithoutTransaction { db in
                try refuseOtherFiles(db, location)
                try db.execute(
                    sql: """
                        PRAGMA auto_vacuum = INCREMENTAL;
                        PRAGMA journal_mode = WAL;
                        PRAGMA synchronous = FULL;
                        PRAGMA mmap_size = 0;
                        PRAGMA wal_autocheckpoint = 0;
                        PRAGMA journal_size_limit = 67108864;
                        PRAGMA cache_size = -16384;
                        PRAGMA temp_store = MEMORY;
                        """)
                try Migrations.migrate(db)
                try DictionaryTable.addBuiltIn(db)
                guard try Int.fetchOne(db, sql: "PRAGMA synchronous") == 2,
                    try String.fetchOne(db, sql: "PRAGMA journal_mode") == "wal"
                else {
                    throw ArchiveError.cannotOpen(
                        path: location.path, reason: "this file system does not support SQLite's write-ahead log")
                }
            }
            return queue
        }
        if isNew { location.syncFolder() }
        return queue
    }

    /// A connection that reads and never checkpoints.
    static func openForReading(_ location: ArchiveLocation) throws(ArchiveError) -> DatabaseQueue {
        guard location.exists else { throw .missing(path: location.path) }
        var configuration = baseConfiguration(label: "callbox.archive.reader")
        configuration.readonly = true
        return try wrapping(location) {
            let queue = try DatabaseQueue(path: location.path, configuration: configuration)
            try queue.read { db in
                try refuseOtherFiles(db, location)
                let version = try Migrations.version(db)
                guard version > 0 else { throw ArchiveError.notAnArchive(path: location.path) }
                guard version == Migrations.currentVersion else {
                    throw ArchiveError.olderSchema(path: location.path, version: version)
                }
            }
            return queue
        }
    }

    /// Runs SQLite work and gives its failures this module's names.
    static func wrapping<Value>(_ location: ArchiveLocation, _ work: () throws -> Value) throws(ArchiveError) -> Value {
        do {
            return try work()
        } catch let error as ArchiveError {
            throw error
        } catch let error as DatabaseError {
            throw ArchiveError(error, location)
        } catch is RowDecodingError {
            throw .damaged("\(location.path) is damaged: a row does not read back")
        } catch {
            throw .cannotOpen(path: location.path, reason: "unexpected failure of type \(type(of: error))")
        }
    }

    private static func baseConfiguration(label: String) -> Configuration {
        var configuration = Configuration()
        configuration.label = label
        configuration.busyMode = .timeout(5)
        // Values stay out of error texts: they are other people's data.
        configuration.publicStatementArguments = false
        return configuration
    }

    /// A database of another program, or of a newer version of this one, is neither changed nor read.
    private static func refuseOtherFiles(_ db: Database, _ location: ArchiveLocation) throws {
        let applicationID = try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let hasTables = try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM sqlite_schema)") ?? false
        let version = try Migrations.version(db)
        guard applicationID == Migrations.applicationID || applicationID == 0 && !hasTables, version >= 0 else {
            throw ArchiveError.notAnArchive(path: location.path)
        }
        guard version <= Migrations.currentVersion else {
            throw ArchiveError.newerSchema(path: location.path, version: version)
        }
    }
}

extension ArchiveError {
    /// The name of a failure of SQLite.
    init(_ error: DatabaseError, _ location: ArchiveLocation) {
        switch error.resultCode {
        case .SQLITE_FULL: self = .storageFull
        case .SQLITE_NOTADB: self = .notAnArchive(path: location.path)
        case .SQLITE_CORRUPT: self = .damaged("\(location.path) is damaged: SQLite finds it malformed")
        case .SQLITE_CANTOPEN: self = .cannotOpen(path: location.path, reason: "it cannot be opened or created")
        case .SQLITE_READONLY, .SQLITE_PERM: self = .cannotOpen(path: location.path, reason: "it is not writable")
        case .SQLITE_BUSY: self = .heldByAnother(path: location.path, processID: nil)
        default: self = .storageFailed(code: error.extendedResultCode.rawValue)
        }
    }
}
