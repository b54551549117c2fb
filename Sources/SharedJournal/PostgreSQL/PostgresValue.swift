internal import Deliveries

/// A parameter of a statement, in PostgreSQL's binary format.
enum PostgresValue {
    case integer(Int64)
    case bytes([UInt8])
    case text(String)
    /// Sixteen bytes.
    case uuid([UInt8])
    case integers([Int64])
    case byteArrays([[UInt8]])
    case texts([String?])
    /// Sixteen bytes each.
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
            Self.array(of: 20, count: values.count, byteCount: values.count * 8) { values[$0].bigEndianBytes }
        case .byteArrays(let values):
            Self.array(of: 17, count: values.count, byteCount: values.reduce(0) { $0 + $1.count }) { values[$0] }
        case .texts(let values):
            Self.array(of: 25, count: values.count, byteCount: values.reduce(0) { $0 + ($1?.utf8.count ?? 0) }) {
                values[$0].map { Array($0.utf8) }
            }
        case .uuids(let values):
            Self.array(of: 2950, count: values.count, byteCount: values.count * 16) { values[$0] }
        }
    }

    /// The format of `array_send`: dimensions, a flag for NULLs, the element type; for each dimension its length and
    /// lower bound; then each element after its length, which is -1 for NULL.
    private static func array(
        of elementOID: Int32, count: Int, byteCount: Int, _ element: (Int) -> [UInt8]?
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(20 + count * 4 + byteCount)
        bytes += bigEndian(Int32(count == 0 ? 0 : 1))
        bytes += bigEndian(Int32(1))
        bytes += bigEndian(elementOID)
        guard count > 0 else { return bytes }
        bytes += bigEndian(Int32(clamping: count))
        bytes += bigEndian(Int32(1))
        for index in 0..<count {
            guard let value = element(index) else {
                bytes += bigEndian(Int32(-1))
                continue
            }
            bytes += bigEndian(Int32(clamping: value.count))
            bytes += value
        }
        return bytes
    }

    private static func bigEndian(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian, Array.init)
    }
}

extension Int64 {
    fileprivate var bigEndianBytes: [UInt8] { withUnsafeBytes(of: bigEndian, Array.init) }
}
