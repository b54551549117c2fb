internal import Deliveries
internal import GRDBSQLite
internal import Journal

/// The functions that statements have beside SQLite's own.
final class SQLFunctions {
    private let reader: ArchiveReader
    /// The last body that was read: a statement may call `body()` several times for one row.
    private var last: (id: Int64, body: [UInt8]?)?
    /// A larger body is read again for each call.
    private static let keptByteCountLimit = 4 << 20

    init(_ reader: ArchiveReader) {
        self.reader = reader
    }

    private typealias Function =
        @convention(c) (OpaquePointer?, Int32, UnsafeMutablePointer<OpaquePointer?>?) -> Void

    /// This object must outlive the connection.
    func register(on handle: OpaquePointer) -> Int32 {
        let context = Unmanaged.passUnretained(self).toOpaque()
        let pure = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY
        func add(_ name: String, _ flags: Int32, _ function: Function) -> Int32 {
            sqlite3_create_function_v2(handle, name, 1, flags, context, function, nil, nil, nil)
        }
        // A body may be pruned while the statement runs: no function of its number alone.
        var code = add("body", SQLITE_UTF8 | SQLITE_DIRECTONLY, { SQLFunctions.call($0, $2) { $1.body($0, $2) } })
        if code == SQLITE_OK { code = add("uuid", pure, { SQLFunctions.call($0, $2) { $1.uuid($0, $2) } }) }
        if code == SQLITE_OK { code = add("rfc3339", pure, { SQLFunctions.call($0, $2) { $1.rfc3339($0, $2) } }) }
        if code == SQLITE_OK {
            code = add("milliseconds", pure, { SQLFunctions.call($0, $2) { $1.milliseconds($0, $2) } })
        }
        return code
    }

    private static func call(
        _ context: OpaquePointer?, _ arguments: UnsafeMutablePointer<OpaquePointer?>?,
        _ work: (OpaquePointer, SQLFunctions, OpaquePointer) -> Void
    ) {
        guard let context, let argument = arguments?.pointee, let data = sqlite3_user_data(context) else { return }
        work(context, Unmanaged<SQLFunctions>.fromOpaque(data).takeUnretainedValue(), argument)
    }

    /// The body of a delivery: text where it is UTF-8, else a blob; NULL where there is no such delivery and where retention took
    /// the body.
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
            if Self.isText(body) {
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
            let words =
                switch error {
                case ArchiveError.damaged(let words): words
                default: "the body of delivery \(id) cannot be read"
                }
            sqlite3_result_error(context, words, -1)
        }
    }

    /// Whether it is UTF-8. In parts, so that a large body is not copied to find out.
    static func isText(_ bytes: [UInt8], partByteCount: Int = 65_536) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            var part = rest.prefix(partByteCount)
            // A part ends before the first byte of a character.
            while part.endIndex < rest.endIndex, part.count > partByteCount - 4, rest[part.endIndex] & 0xc0 == 0x80 {
                part = part.dropLast()
            }
            guard String(validating: part, as: UTF8.self) != nil else { return false }
            rest = rest.dropFirst(part.count)
        }
        return true
    }

    /// Sixteen bytes as a UUID is written; NULL for anything else.
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

    /// Of RFC 3339, or of a date, which is its midnight in UTC; NULL for what is neither.
    private func milliseconds(_ context: OpaquePointer, _ argument: OpaquePointer) {
        guard sqlite3_value_type(argument) == SQLITE_TEXT, let pointer = sqlite3_value_text(argument) else {
            return sqlite3_result_null(context)
        }
        let count = Int(sqlite3_value_bytes(argument))
        guard count <= 64 else { return sqlite3_result_null(context) }
        let text = String(decoding: UnsafeBufferPointer(start: pointer, count: count), as: UTF8.self)
        guard let time = Timestamp(rfc3339: text.utf8) ?? Timestamp(rfc3339: "\(text)T00:00:00Z".utf8) else {
            return sqlite3_result_null(context)
        }
        sqlite3_result_int64(context, time.millisecondsSinceEpoch)
    }
}

extension ArchiveReader {
    /// A delivery's body, checked; nil when there is no such delivery or its body was pruned.
    fileprivate func body(of id: DeliveryID) throws -> [UInt8]? {
        try read { db in
            guard let row = try EntryRows.row(id.rawValue, db, dictionaries), row.isDelivery, !row.isPruned else {
                return nil
            }
            return try row.openedBody()
        }
    }
}
