internal import GRDBSQLite
internal import Journal

/// A connection for one SQL statement of a user. Three settings keep it read-only: the file is opened for reading,
/// `query_only` is on, and the authorizer allows only reads. Sorts use only memory, no temporary files.
///
/// Does not use GRDB, because GRDB sets its own authorizer. Used by one thread.
final class SQLConnection {
    let handle: OpaquePointer
    let watch: SQLWatch
    private let functions: SQLFunctions

    /// The maximum number of bytes of a string or blob; enough for a body of 32 MiB.
    private static let valueByteCountLimit: Int32 = 40 << 20
    /// The maximum number of bytes of a LIKE pattern. Limited because a LIKE match is a single step, which cannot be
    /// interrupted.
    private static let patternByteCountLimit: Int32 = 1000
    /// The number of steps of SQLite's virtual machine between two checks of the deadline.
    private static let stepCount: Int32 = 2000

    init(_ reader: ArchiveReader, watch: SQLWatch) throws(ArchiveError) {
        var opened: OpaquePointer?
        let path = reader.hasIndex ? try SQLiteFile.readingURI(reader.directory.indexPath) : ":memory:"
        let flags = SQLITE_OPEN_NOMUTEX | (reader.hasIndex ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE)
        let code = sqlite3_open_v2(path, &opened, flags, nil)
        guard code == SQLITE_OK, let handle = opened else {
            sqlite3_close_v2(opened)
            throw .cannotRead(path: reader.directory.indexPath, reason: "it cannot be opened")
        }
        self.handle = handle
        self.watch = watch
        self.functions = SQLFunctions(reader)
        try prepare(reader)
    }

    deinit {
        sqlite3_close_v2(handle)
    }

    private func prepare(_ reader: ArchiveReader) throws(ArchiveError) {
        sqlite3_extended_result_codes(handle, 1)
        sqlite3_busy_timeout(handle, 5000)
        // Disables SQLite's fallback that reads "x" as a string if there is no column x. With the fallback, a misspelt
        // name would silently match no row.
        _disableDoubleQuotedStringLiterals(handle)
        sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, Self.valueByteCountLimit)
        sqlite3_limit(handle, SQLITE_LIMIT_LIKE_PATTERN_LENGTH, Self.patternByteCountLimit)
        // Views in a file of unknown origin must not call Callbox's SQL functions.
        var setUp = "PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF; PRAGMA cache_size = -8192;"
        if !reader.hasIndex { setUp += IndexSchema.tables }
        let journal = try SQLiteFile.readingURI(reader.directory.journal.path).replacing("'", with: "''")
        setUp += "ATTACH DATABASE '\(journal)' AS journal; \(ArchiveViews.sql); PRAGMA query_only = ON"
        var code = sqlite3_exec(handle, setUp, nil, nil, nil)
        if code == SQLITE_OK { sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 0) }
        if code == SQLITE_OK { code = functions.register(on: handle) }
        guard code == SQLITE_OK else { throw .storageFailed(code: code) }
        let context = Unmanaged.passUnretained(watch).toOpaque()
        sqlite3_set_authorizer(handle, SQLAuthorizer.callback, context)
        sqlite3_progress_handler(
            handle, Self.stepCount,
            { context in
                guard let context else { return 0 }
                return Unmanaged<SQLWatch>.fromOpaque(context).takeUnretainedValue().hasEnded ? 1 : 0
            }, context)
    }

    func failure(_ code: Int32) -> any Error {
        if let ending = watch.ending { return ending }
        if let action = watch.rejectedAction { return QueryError.writes(action) }
        switch code & 0xff {
        case SQLITE_NOMEM: return QueryError.outOfMemory
        case SQLITE_READONLY: return QueryError.writes("writing")
        case SQLITE_CORRUPT, SQLITE_NOTADB: return ArchiveError.damaged("SQLite reports that the archive is malformed")
        default: return QueryError.failed(String(cString: sqlite3_errmsg(handle)))
        }
    }
}

extension SQLQuery {
    /// Limits SQLite's memory in this process until it ends. A statement that needs more memory fails.
    package static func boundMemory(byteCount: Int64) {
        sqlite3_hard_heap_limit64(byteCount)
    }
}

/// Stops a running statement, and remembers the action that the authorizer denied.
final class SQLWatch {
    private let query: SQLQuery
    /// The reason for stopping, `timedOut` or `cancelled`; nil while the statement may run.
    private(set) var ending: QueryError?
    var rejectedAction: String?

    init(_ query: SQLQuery) {
        self.query = query
    }

    var hasEnded: Bool {
        if ending == nil {
            if query.isCancelled() {
                ending = .cancelled
            } else if let deadline = query.deadline, ContinuousClock.now >= deadline {
                ending = .timedOut
            }
        }
        return ending != nil
    }
}

/// Allows a statement only to read. SQLite calls the authorizer for each part of a statement that it prepares
/// (sqlite.org/c3ref/set_authorizer.html).
enum SQLAuthorizer {
    typealias Callback =
        @convention(c) (
            UnsafeMutableRawPointer?, Int32, UnsafePointer<CChar>?, UnsafePointer<CChar>?, UnsafePointer<CChar>?,
            UnsafePointer<CChar>?
        ) -> Int32

    static let callback: Callback = { context, action, first, second, _, _ in
        guard let context else { return SQLITE_DENY }
        let first = first.map { String(cString: $0) } ?? ""
        let second = second.map { String(cString: $0) } ?? ""
        guard let rejected = rejection(of: action, first, second) else { return SQLITE_OK }
        let watch = Unmanaged<SQLWatch>.fromOpaque(context).takeUnretainedValue()
        if watch.rejectedAction == nil { watch.rejectedAction = rejected }
        return SQLITE_DENY
    }

    /// Pragmas that only describe the schema. Table-valued functions of the same names use these pragmas.
    private static let pragmas: Set<String> = [
        "table_info", "table_xinfo", "table_list", "index_list", "index_info", "index_xinfo", "foreign_key_list",
        "function_list", "collation_list", "compile_options",
    ]
    private static let functions: Set<String> = ["load_extension", "fts3_tokenizer"]

    /// The name of the action if it is denied; nil if it is allowed.
    private static func rejection(of action: Int32, _ first: String, _ second: String) -> String? {
        switch action {
        case SQLITE_SELECT, SQLITE_READ, SQLITE_RECURSIVE: nil
        case SQLITE_FUNCTION: functions.contains(second.lowercased()) ? "the function \(second)" : nil
        case SQLITE_PRAGMA: pragmas.contains(first.lowercased()) ? nil : "PRAGMA \(first)"
        case SQLITE_INSERT: "INSERT"
        // Table-valued functions such as json_each declare their columns by an update of sqlite_master. SQLite itself
        // rejects a statement that really writes sqlite_master.
        case SQLITE_UPDATE: first == "sqlite_master" ? nil : "UPDATE"
        case SQLITE_DELETE: "DELETE"
        case SQLITE_ATTACH: "ATTACH or VACUUM"
        case SQLITE_DETACH: "DETACH"
        case SQLITE_TRANSACTION, SQLITE_SAVEPOINT: "BEGIN, COMMIT, ROLLBACK or SAVEPOINT"
        case SQLITE_ANALYZE: "ANALYZE"
        case SQLITE_REINDEX: "REINDEX"
        case SQLITE_ALTER_TABLE: "ALTER TABLE"
        default: "a schema change"
        }
    }
}
