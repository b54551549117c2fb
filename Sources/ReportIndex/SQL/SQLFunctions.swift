internal import Deliveries
internal import GRDBSQLite
internal import Journal
internal import TextForms

/// SQL functions in addition to those of SQLite.
final class SQLFunctions {
    private let reader: ArchiveReader
    /// The last body. A statement may call `body()` several times for one row, so the last body is kept.
    private var last: (id: Int64, body: [UInt8]?)?
    /// The maximum length of a body to keep, in bytes.
    private static let keptByteCountLimit = 4 << 20

    init(_ reader: ArchiveReader) {
        self.reader = reader
    }

    private typealias Function =
        @convention(c) (OpaquePointer?, Int32, UnsafeMutablePointer<OpaquePointer?>?) -> Void

    /// Registers the functions. This object must outlive the connection.
    func register(on handle: OpaquePointer) -> Int32 {
        let context = Unmanaged.passUnretained(self).toOpaque()
        let pure = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY
        let functions: [(name: String, flags: Int32, call: Function)] = [
            // The function is not marked as deterministic, because a body may be pruned while the statement runs.
            ("body", SQLITE_UTF8 | SQLITE_DIRECTONLY, { SQLFunctions.call($0, $2) { $1.body($0, $2) } }),
            ("uuid", pure, { SQLFunctions.call($0, $2) { $1.uuid($0, $2) } }),
            ("rfc3339", pure, { SQLFunctions.call($0, $2) { $1.rfc3339($0, $2) } }),
            ("milliseconds", pure, { SQLFunctions.call($0, $2) { $1.milliseconds($0, $2) } }),
        ]
        for (name, flags, call) in functions {
            let code = sqlite3_create_function_v2(handle, name, 1, flags, context, call, nil, nil, nil)
            guard code == SQLITE_OK else { return code }
        }
        return SQLITE_OK
    }

    private static func call(
        _ context: OpaquePointer?, _ arguments: UnsafeMutablePointer<OpaquePointer?>?,
        _ work: (OpaquePointer, SQLFunctions, OpaquePointer) -> Void
    ) {
        guard let context, let argument = arguments?.pointee, let data = sqlite3_user_data(context) else { return }
        work(context, Unmanaged<SQLFunctions>.fromOpaque(data).takeUnretainedValue(), argument)
    }

    /// The readable body of a delivery: text if it is UTF-8, otherwise a blob. NULL if there is no such delivery or its
    /// body was pruned.
    private func body(_ context: OpaquePointer, _ argument: OpaquePointer) {
        guard sqlite3_value_type(argument) == SQLITE_INTEGER else { return sqlite3_result_null(context) }
        let id = sqlite3_value_int64(argument)
        do {
            let body: [UInt8]?
            if let last, last.id == id {
                body = last.body
            } else {
                last = nil
                body = try reader.body(of: DeliveryID(rawValue: id))
                if body?.count ?? 0 <= Self.keptByteCountLimit { last = (id, body) }
            }
            guard let body else { return sqlite3_result_null(context) }
            if String(validating: body, as: UTF8.self) != nil {
                body.withUnsafeBytes { bytes in
                    bytes.withMemoryRebound(to: CChar.self) {
                        sqlite3_result_text64(
                            context, $0.baseAddress, UInt64($0.count), SQLStatement.transient, UInt8(SQLITE_UTF8))
                    }
                }
            } else {
                body.withUnsafeBytes {
                    sqlite3_result_blob64(context, $0.baseAddress, UInt64($0.count), SQLStatement.transient)
                }
            }
        } catch {
            let message =
                switch error {
                case ArchiveError.damaged(let message): message
                default: "the body of delivery \(id) cannot be read"
                }
            sqlite3_result_error(context, message, -1)
        }
    }

    /// The text of a UUID; NULL if the value does not have 16 bytes.
    private func uuid(_ context: OpaquePointer, _ argument: OpaquePointer) {
        guard sqlite3_value_type(argument) == SQLITE_BLOB, sqlite3_value_bytes(argument) == 16,
            let bytes = sqlite3_value_blob(argument)
        else { return sqlite3_result_null(context) }
        let text = FieldValue.uuid(Array(UnsafeRawBufferPointer(start: bytes, count: 16))).text
        sqlite3_result_text(context, text, -1, SQLStatement.transient)
    }

    private func rfc3339(_ context: OpaquePointer, _ argument: OpaquePointer) {
        guard sqlite3_value_type(argument) == SQLITE_INTEGER else { return sqlite3_result_null(context) }
        let time = Timestamp(millisecondsSinceEpoch: sqlite3_value_int64(argument))
        sqlite3_result_text(context, time.rfc3339, -1, SQLStatement.transient)
    }

    /// Parses a time in any form that `TimeText` accepts, and returns milliseconds since 1970. A date means midnight
    /// UTC. NULL for any other text.
    private func milliseconds(_ context: OpaquePointer, _ argument: OpaquePointer) {
        guard sqlite3_value_type(argument) == SQLITE_TEXT, let pointer = sqlite3_value_text(argument) else {
            return sqlite3_result_null(context)
        }
        let count = Int(sqlite3_value_bytes(argument))
        let text = String(decoding: UnsafeBufferPointer(start: pointer, count: count), as: UTF8.self)
        guard let time = TimeText.read(text) ?? Timestamp(rfc3339: "\(text)T00:00:00Z".utf8) else {
            return sqlite3_result_null(context)
        }
        sqlite3_result_int64(context, time.millisecondsSinceEpoch)
    }
}

extension ArchiveReader {
    /// The body of a delivery; nil if there is no such delivery or its body was pruned.
    fileprivate func body(of id: DeliveryID) throws -> [UInt8]? {
        try read { db in
            guard let row = try EntryRows.row(id.rawValue, db, dictionaries), row.isDelivery, !row.isPruned else {
                return nil
            }
            return try row.openedBody().readable(in: id, db, dictionaries)
        }
    }
}
