internal import Deliveries
internal import GRDB
internal import GRDBSQLite
internal import Journal

/// Reads the stored bodies of neighbouring deliveries, newest first, with SQLite's C functions. Used if nearly every
/// body is needed, because a separate lookup of a body would take as long as its decompression.
final class BodyCursor {
    private let statement: Statement
    private let rows: OpaquePointer
    private let db: Database
    private let dictionaries: DictionaryCache
    private var isAtRow = true

    init(_ deliveries: ClosedRange<Int64>, _ db: Database, _ dictionaries: DictionaryCache) throws {
        self.db = db
        self.dictionaries = dictionaries
        statement = try db.cachedStatement(
            sql: """
                SELECT position, encoding, body, byteCount FROM entry WHERE position BETWEEN ? AND ? ORDER BY position DESC
                """)
        rows = statement.sqliteStatement
        sqlite3_reset(rows)
        sqlite3_bind_int64(rows, 1, deliveries.lowerBound)
        sqlite3_bind_int64(rows, 2, deliveries.upperBound)
        try step()
    }

    deinit {
        sqlite3_reset(rows)
    }

    /// The body of a delivery; nil if there is none. Each call must ask for an older delivery than the previous call.
    func body(of id: Int64) throws -> StoredBody? {
        while isAtRow, sqlite3_column_int64(rows, 0) > id { try step() }
        guard isAtRow, sqlite3_column_int64(rows, 0) == id else { return nil }
        // Reads raw and pruned bodies again from the entry. Raw and pruned bodies are rare, and checking a raw body
        // requires its SHA-256.
        guard sqlite3_column_int64(rows, 1) == EntryEncoding.zlib.rawValue else {
            return try StoredBody.at(DeliveryID(rawValue: id), db, dictionaries)
        }
        let bytes = Array(
            UnsafeRawBufferPointer(start: sqlite3_column_blob(rows, 2), count: Int(sqlite3_column_bytes(rows, 2))))
        return StoredBody(
            id: DeliveryID(rawValue: id), byteCount: Int(sqlite3_column_int64(rows, 3)), sha256: [],
            encoding: .zlib, bytes: bytes, dictionary: try dictionaries.dictionary(for: bytes, db))
    }

    private func step() throws {
        let code = sqlite3_step(rows)
        guard code == SQLITE_ROW || code == SQLITE_DONE else {
            throw DatabaseError(resultCode: ResultCode(rawValue: code))
        }
        isAtRow = code == SQLITE_ROW
    }
}
