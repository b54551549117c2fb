internal import CLibPQ

/// The rows of a result in binary format. The result is freed with the last reference to this object.
final class PostgresRows {
    private let result: OpaquePointer

    /// - Parameter result: a `PGresult`. This object takes ownership of the result.
    init(owning result: OpaquePointer) {
        self.result = result
    }

    deinit {
        PQclear(result)
    }

    var count: Int { Int(PQntuples(result)) }

    /// The number of rows that the statement changed.
    var changedCount: Int {
        PQcmdTuples(result).flatMap { Int(String(cString: $0)) } ?? 0
    }

    func isNull(_ row: Int, _ column: Int) -> Bool {
        PQgetisnull(result, Int32(clamping: row), Int32(clamping: column)) != 0
    }

    /// The bytes of a value; empty for NULL and for a missing column.
    func bytes(_ row: Int, _ column: Int) -> [UInt8] {
        withBytes(row, column) { Array($0) }
    }

    private func withBytes<Value>(_ row: Int, _ column: Int, _ body: (UnsafeRawBufferPointer) -> Value) -> Value {
        let (row, column) = (Int32(clamping: row), Int32(clamping: column))
        guard row < PQntuples(result), column < PQnfields(result), let start = PQgetvalue(result, row, column) else {
            return body(UnsafeRawBufferPointer(start: nil, count: 0))
        }
        return body(UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(result, row, column))))
    }

    /// An integer of 2, 4 or 8 bytes.
    func integer(_ row: Int, _ column: Int) throws(PostgresFailure) -> Int64 {
        let (unsigned, count) = withBytes(row, column) { bytes in
            (bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }, bytes.count)
        }
        guard count == 2 || count == 4 || count == 8 else { throw .unexpectedResult }
        let unused = UInt64(64 - count * 8)
        return Int64(bitPattern: unsigned << unused) >> unused
    }

    func flag(_ row: Int, _ column: Int) -> Bool {
        bytes(row, column) == [1]
    }

    func text(_ row: Int, _ column: Int) throws(PostgresFailure) -> String {
        guard let text = String(validating: bytes(row, column), as: UTF8.self) else { throw .unexpectedResult }
        return text
    }

    func optionalText(_ row: Int, _ column: Int) throws(PostgresFailure) -> String? {
        isNull(row, column) ? nil : try text(row, column)
    }
}
