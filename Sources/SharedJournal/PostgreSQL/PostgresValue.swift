internal import Deliveries

/// A parameter of a statement, in PostgreSQL's binary format.
enum PostgresValue {
    case integer(Int64)
    case bytes([UInt8])
    case text(String)
    /// A UUID of 16 bytes.
    case uuid([UInt8])
    case integers([Int64])
    case byteArrays([[UInt8]])
    case texts([String?])
    /// UUIDs of 16 bytes each.
    case uuids([[UInt8]])

    /// The OID of the type, from PostgreSQL's `pg_type.dat`.
    var typeOID: UInt32 {
        switch self {
        case .integer: 20
        case .bytes: 17
        case .text: 25
        case .uuid: 2950
        case .integers: 1016
        case .byteArrays: 1001
        case .texts: 1009
        case .uuids: 2951
        }
    }

    var encoded: [UInt8] {
        switch self {
        case .integer(let value): Self.bigEndian(value)
        case .bytes(let bytes), .uuid(let bytes): bytes
        case .text(let text): Array(text.utf8)
        case .integers(let values):
            Self.array(of: 20, count: values.count, byteCount: values.count * 8) {
                Self.append(values[$0], to: &$1)
            }
        case .byteArrays(let values):
            Self.array(of: 17, count: values.count, byteCount: values.reduce(0) { $0 + $1.count }) {
                Self.append(values[$0], to: &$1)
            }
        case .texts(let values):
            Self.array(of: 25, count: values.count, byteCount: values.reduce(0) { $0 + ($1?.utf8.count ?? 0) }) {
                guard let text = values[$0] else { return Self.appendNumber(Int32(-1), to: &$1) }
                Self.append(text, to: &$1)
            }
        case .uuids(let values):
            Self.array(of: 2950, count: values.count, byteCount: values.count * 16) {
                Self.append(values[$0], to: &$1)
            }
        }
    }

    /// The format of `array_send`: the number of dimensions, a flag for NULLs, the element type, the length and the
    /// lower bound of each dimension, and the elements. The length of each element precedes the element. The length of
    /// NULL is -1.
    private static func array(
        of elementOID: Int32, count: Int, byteCount: Int, _ appendElement: (Int, inout [UInt8]) -> Void
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(20 + count * 4 + byteCount)
        appendNumber(Int32(count == 0 ? 0 : 1), to: &bytes)
        appendNumber(Int32(1), to: &bytes)
        appendNumber(elementOID, to: &bytes)
        guard count > 0 else { return bytes }
        appendNumber(Int32(clamping: count), to: &bytes)
        appendNumber(Int32(1), to: &bytes)
        for index in 0..<count { appendElement(index, &bytes) }
        return bytes
    }

    /// Appends a value after its length.
    private static func append(_ value: Int64, to bytes: inout [UInt8]) {
        appendNumber(Int32(8), to: &bytes)
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }

    private static func append(_ value: [UInt8], to bytes: inout [UInt8]) {
        appendNumber(Int32(clamping: value.count), to: &bytes)
        bytes += value
    }

    private static func append(_ text: String, to bytes: inout [UInt8]) {
        appendNumber(Int32(clamping: text.utf8.count), to: &bytes)
        bytes.append(contentsOf: text.utf8)
    }

    private static func appendNumber(_ value: Int32, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }

    private static func bigEndian(_ value: Int64) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian, Array.init)
    }
}
