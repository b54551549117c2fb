internal import GRDBSQLite

/// What a statement may do: read. SQLite asks about each part while it prepares a statement (sqlite.org/c3ref/set_authorizer.html).
enum AdHocAuthorizer {
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
        let watch = Unmanaged<AdHocWatch>.fromOpaque(context).takeUnretainedValue()
        if watch.rejectedAction == nil { watch.rejectedAction = rejected }
        return SQLITE_DENY
    }

    /// Pragmas that describe, and are behind the table-valued functions of their names.
    private static let pragmas: Set<String> = [
        "table_info", "table_xinfo", "table_list", "index_list", "index_info", "index_xinfo", "foreign_key_list",
        "function_list", "collation_list", "compile_options",
    ]
    private static let functions: Set<String> = ["load_extension", "fts3_tokenizer"]

    /// The name of a denied action; nil for an allowed one.
    private static func rejection(of action: Int32, _ first: String, _ second: String) -> String? {
        switch action {
        case SQLITE_SELECT, SQLITE_READ, SQLITE_RECURSIVE: nil
        case SQLITE_FUNCTION: functions.contains(second.lowercased()) ? "the function \(second)" : nil
        case SQLITE_PRAGMA: pragmas.contains(first.lowercased()) ? nil : "PRAGMA \(first)"
        case SQLITE_INSERT: "INSERT"
        // Table-valued functions such as json_each declare their columns to the parser this way. A statement that means it is
        // none that reads, so it is not run, and SQLite rejects it besides.
        case SQLITE_UPDATE: first == "sqlite_master" ? nil : "UPDATE"
        case SQLITE_DELETE: "DELETE"
        case SQLITE_ATTACH: "ATTACH, or VACUUM, which attaches"
        case SQLITE_DETACH: "DETACH"
        case SQLITE_TRANSACTION, SQLITE_SAVEPOINT: "a transaction of its own"
        case SQLITE_ANALYZE: "ANALYZE"
        case SQLITE_REINDEX: "REINDEX"
        case SQLITE_ALTER_TABLE: "ALTER TABLE"
        default: "a change of the schema"
        }
    }
}
