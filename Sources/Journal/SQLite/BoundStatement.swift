internal import Foundation
package import GRDB
internal import GRDBSQLite

/// A statement bound through SQLite's own functions: byte arrays are handed over where they lie, without a copy.
package struct BoundStatement {
    private let statement: OpaquePointer
    /// Keeps the pointer alive.
    private let owner: Statement

    package init(_ statement: Statement) throws {
        owner = statement
        self.statement = statement.sqliteStatement
        sqlite3_reset(self.statement)
        sqlite3_clear_bindings(self.statement)
    }

    package func bind(_ index: Int32, _ value: Int64) throws {
        try check(sqlite3_bind_int64(statement, index, value))
    }

    package func bind(_ index: Int32, _ value: Int64?) throws {
        if let value { try bind(index, value) } else { try check(sqlite3_bind_null(statement, index)) }
    }

    /// Binds the whole text, NUL bytes included. SQLite keeps a copy.
    package func bind(_ index: Int32, _ value: String?) throws {
        guard var value else { return try check(sqlite3_bind_null(statement, index)) }
        // SQLITE_TRANSIENT, which C writes as a cast that Swift does not import.
        let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        let code = value.withUTF8 { text in
            text.withMemoryRebound(to: CChar.self) {
                sqlite3_bind_text64(
                    statement, index, $0.baseAddress, UInt64($0.count), transient, UInt8(SQLITE_UTF8))
            }
        }
        try check(code)
    }

    /// Runs the statement with these blobs beside what was bound before, and makes it ready for the next row.
    ///
    /// A blob longer than SQLite takes (about 1 GB) is rejected by SQLite as too big.
    package func run(_ blobs: (index: Int32, bytes: [UInt8])...) throws {
        try run(blobs[...])
    }

    private func run(_ blobs: ArraySlice<(index: Int32, bytes: [UInt8])>) throws {
        guard let blob = blobs.first else { return try step() }
        try blob.bytes.withUnsafeBytes { bytes in
            if bytes.isEmpty {
                try check(sqlite3_bind_zeroblob(statement, blob.index, 0))
            } else {
                try check(sqlite3_bind_blob64(statement, blob.index, bytes.baseAddress, UInt64(bytes.count), nil))
            }
            try run(blobs.dropFirst())
        }
    }

    /// The integer of the first row's first column; nil where there is no row. For look-ups and `RETURNING`.
    package func integer(_ blobs: (index: Int32, bytes: [UInt8])...) throws -> Int64? {
        try integer(blobs[...])
    }

    private func integer(_ blobs: ArraySlice<(index: Int32, bytes: [UInt8])>) throws -> Int64? {
        guard let blob = blobs.first else { return try firstInteger() }
        return try blob.bytes.withUnsafeBytes { bytes in
            try check(sqlite3_bind_blob64(statement, blob.index, bytes.baseAddress, UInt64(bytes.count), nil))
            return try integer(blobs.dropFirst())
        }
    }

    private func step() throws {
        let code = sqlite3_step(statement)
        // The blobs are not SQLite's: they must not be looked at again.
        try finish(code)
    }

    private func firstInteger() throws -> Int64? {
        let code = sqlite3_step(statement)
        let hasValue = code == SQLITE_ROW && sqlite3_column_type(statement, 0) != SQLITE_NULL
        let value = hasValue ? sqlite3_column_int64(statement, 0) : nil
        // A statement that writes has written all it writes before it gives its first row.
        try finish(code)
        return value
    }

    private func finish(_ code: Int32) throws {
        let resetCode = sqlite3_reset(statement)
        guard code == SQLITE_DONE || code == SQLITE_ROW else {
            throw DatabaseError(resultCode: ResultCode(rawValue: resetCode == SQLITE_OK ? code : resetCode))
        }
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
