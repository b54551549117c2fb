internal import GRDBSQLite

/// A prepared statement of a user.
final class SQLStatement {
    /// SQLITE_TRANSIENT is a C macro with a cast, which Swift does not import. SQLITE_TRANSIENT makes SQLite copy the
    /// value.
    static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    /// The maximum length of a statement in bytes. Equal to SQLite's own limit.
    static let byteCountLimit = 1_000_000

    private let statement: OpaquePointer
    private let connection: SQLConnection

    init(_ sql: String, on connection: SQLConnection) throws {
        guard sql.utf8.count < Self.byteCountLimit else { throw QueryError.tooLong }
        guard !sql.utf8.contains(0) else { throw QueryError.failed("the statement contains a NUL character") }
        let (statement, rest) = try Self.prepare(Array(sql.utf8), connection)
        guard let statement else { throw QueryError.empty }
        self.statement = statement
        self.connection = connection
        // The rest may contain white space and comments, which SQLite does not consider a statement.
        if try Self.hasStatement(rest, connection) { throw QueryError.severalStatements }
        guard sqlite3_stmt_readonly(statement) != 0 else { throw QueryError.writes("writing") }
    }

    deinit {
        sqlite3_finalize(statement)
    }

    private static func prepare(
        _ sql: [UInt8], _ connection: SQLConnection
    ) throws -> (OpaquePointer?, rest: [UInt8]) {
        var statement: OpaquePointer?
        var used = sql.count
        let code = sql.withUnsafeBytes { bytes in
            bytes.withMemoryRebound(to: CChar.self) { text -> Int32 in
                guard let start = text.baseAddress else { return SQLITE_OK }
                var tail: UnsafePointer<CChar>?
                let code = sqlite3_prepare_v3(
                    connection.handle, start, Int32(clamping: text.count), 0, &statement, &tail)
                if let tail { used = start.distance(to: tail) }
                return code
            }
        }
        guard code == SQLITE_OK else { throw connection.failure(code) }
        return (statement, Array(sql.dropFirst(used)))
    }

    private static func hasStatement(_ sql: [UInt8], _ connection: SQLConnection) throws -> Bool {
        var rest = sql
        while !rest.isEmpty {
            let count = rest.count
            let next: OpaquePointer?
            do {
                (next, rest) = try prepare(rest, connection)
            } catch {
                // Also rejects invalid SQL text after the statement.
                connection.watch.rejectedAction = nil
                return true
            }
            sqlite3_finalize(next)
            if next != nil { return true }
            guard rest.count < count else { return false }
        }
        return false
    }

    /// The distinct names of the columns: repeated names get a number.
    var columns: [String] {
        var counts: [String: Int] = [:]
        return (0..<sqlite3_column_count(statement)).map { index in
            let name = sqlite3_column_name(statement, index).map { String(cString: $0) } ?? ""
            let count = counts[name, default: 0] + 1
            counts[name] = count
            return count == 1 ? name : "\(name)_\(count)"
        }
    }

    /// Binds the parameters. Throws if a parameter has no value, or if a value has no parameter.
    func bind(_ values: [String: SQLValue]) throws {
        var unused = Set(values.keys)
        let count = sqlite3_bind_parameter_count(statement)
        guard count > 0 || unused.isEmpty else { throw QueryError.unknownParameter(unused.sorted()[0]) }
        for index in 0..<count {
            guard let pointer = sqlite3_bind_parameter_name(statement, index + 1) else {
                throw QueryError.missingParameter(nil)
            }
            let written = String(cString: pointer)
            let name = String(written.dropFirst())
            guard !written.hasPrefix("?"), let value = values[name] else {
                throw QueryError.missingParameter(written.hasPrefix("?") ? nil : name)
            }
            unused.remove(name)
            let code = bind(value, at: index + 1)
            guard code == SQLITE_OK else { throw connection.failure(code) }
        }
        if let name = unused.min() { throw QueryError.unknownParameter(name) }
    }

    private func bind(_ value: SQLValue, at index: Int32) -> Int32 {
        switch value {
        case .null: return sqlite3_bind_null(statement, index)
        case .integer(let value): return sqlite3_bind_int64(statement, index, value)
        case .real(let value): return sqlite3_bind_double(statement, index, value)
        case .text(var text):
            return text.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) {
                    sqlite3_bind_text64(
                        statement, index, $0.baseAddress, UInt64($0.count), Self.transient, UInt8(SQLITE_UTF8))
                }
            }
        case .blob(let bytes):
            return bytes.withUnsafeBytes {
                sqlite3_bind_blob64(statement, index, $0.baseAddress, UInt64($0.count), Self.transient)
            }
        }
    }

    /// The next row; nil after the last row.
    func next() throws -> [SQLValue]? {
        if connection.watch.hasEnded { throw connection.failure(SQLITE_INTERRUPT) }
        switch sqlite3_step(statement) {
        case SQLITE_ROW: return (0..<sqlite3_column_count(statement)).map(value)
        case SQLITE_DONE: return nil
        case let code: throw connection.failure(code)
        }
    }

    private func value(_ index: Int32) -> SQLValue {
        switch sqlite3_column_type(statement, index) {
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(statement, index))
        case SQLITE_FLOAT: return .real(sqlite3_column_double(statement, index))
        case SQLITE_TEXT:
            guard let text = sqlite3_column_text(statement, index) else { return .null }
            let count = Int(sqlite3_column_bytes(statement, index))
            return .text(String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self))
        case SQLITE_BLOB:
            guard let blob = sqlite3_column_blob(statement, index) else { return .blob([]) }
            let count = Int(sqlite3_column_bytes(statement, index))
            return .blob(Array(UnsafeRawBufferPointer(start: blob, count: count)))
        default: return .null
        }
    }
}
