internal import Foundation
package import GRDB
internal import GRDBSQLite

/// A statement that is bound with SQLite's C functions, which read byte arrays without copying them.
package struct BoundStatement {
    private let statement: OpaquePointer
    /// Owns `statement`, which would otherwise be freed.
    private let owner: Statement

    package init(_ statement: Statement) throws {
        owner = statement
        self.statement = statement.sqliteStatement
        sqlite3_reset(self.statement)
        sqlite3_clear_bindings(self.statement)
    }

    package func bind(_ index: Int32, _ value: Int64?) throws {
        try check(value.map { sqlite3_bind_int64(statement, index, $0) } ?? sqlite3_bind_null(statement, index))
    }

    /// Binds the whole text, including NUL bytes. SQLite copies the text.
    package func bind(_ index: Int32, _ value: String?) throws {
        guard var value else { return try check(sqlite3_bind_null(statement, index)) }
        // SQLITE_TRANSIENT is a C macro with a cast, which Swift does not import.
        let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        let code = value.withUTF8 { text in
            text.withMemoryRebound(to: CChar.self) {
                sqlite3_bind_text64(
                    statement, index, $0.baseAddress, UInt64($0.count), transient, UInt8(SQLITE_UTF8))
            }
        }
        try check(code)
    }

    /// Binds the blobs, runs the statement, and resets it for the next row.
    ///
    /// SQLite rejects a blob longer than `SQLITE_LIMIT_LENGTH` (1 GB by default) as too big.
    package func run(_ blobs: (index: Int32, bytes: [UInt8])...) throws {
        _ = try step(blobs[...])
    }

    /// The same as `run`, but returns the integer in the first column of the first row. Nil if there is no row or the
    /// value is NULL.
    package func integer(_ blobs: (index: Int32, bytes: [UInt8])...) throws -> Int64? {
        try step(blobs[...])
    }

    private func step(_ blobs: ArraySlice<(index: Int32, bytes: [UInt8])>) throws -> Int64? {
        guard let blob = blobs.first else { return try step() }
        return try blob.bytes.withUnsafeBytes { bytes in
            if bytes.isEmpty {
                try check(sqlite3_bind_zeroblob(statement, blob.index, 0))
            } else {
                try check(sqlite3_bind_blob64(statement, blob.index, bytes.baseAddress, UInt64(bytes.count), nil))
            }
            return try step(blobs.dropFirst())
        }
    }

    /// Runs one step and resets the statement before the blobs become invalid. One step is enough: a writing statement
    /// with `RETURNING` has written all its rows when it returns the first row.
    private func step() throws -> Int64? {
        let code = sqlite3_step(statement)
        let hasValue = code == SQLITE_ROW && sqlite3_column_type(statement, 0) != SQLITE_NULL
        let value = hasValue ? sqlite3_column_int64(statement, 0) : nil
        let resetCode = sqlite3_reset(statement)
        guard code == SQLITE_DONE || code == SQLITE_ROW else {
            throw DatabaseError(resultCode: ResultCode(rawValue: resetCode == SQLITE_OK ? code : resetCode))
        }
        return value
    }

    private func check(_ code: Int32) throws {
        guard code == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
    }
}

/// The bytes of a blob column.
package struct Blob: DatabaseValueConvertible {
    package let bytes: [UInt8]

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    package var databaseValue: DatabaseValue {
        Data(bytes).databaseValue
    }

    package static func fromDatabaseValue(_ value: DatabaseValue) -> Blob? {
        Data.fromDatabaseValue(value).map { Blob(Array($0)) }
    }
}
