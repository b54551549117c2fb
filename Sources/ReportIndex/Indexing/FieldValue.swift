internal import Deliveries
internal import GRDB
internal import Journal
internal import TextForms

/// The value of a field as the index stores it. A UUID in its usual spelling (36 characters, lower case) is stored as
/// 16 bytes. Any other value is stored as text. Reading returns the value exactly as it was written.
enum FieldValue: Sendable, Equatable {
    case text(String)
    case uuid([UInt8])

    init(_ text: String) {
        self = Self.uuidBytes(text).map(FieldValue.uuid) ?? .text(text.bindable)
    }

    /// The folded value, which is the same for all spellings; nil if the value is already folded.
    static func key(_ text: String) -> FieldValue? {
        let key = TextFolding.key(text)
        return key.hasSameBytes(as: text) ? nil : FieldValue(key)
    }

    /// Nil if `FieldValue` never writes such a column value.
    init?(stored value: DatabaseValue) {
        // Checks the storage class, because decoding as String would also accept bytes that happen to be UTF-8.
        switch value.storage {
        case .string(let text): self = .text(text)
        case .blob(let bytes) where bytes.count == 16: self = .uuid(Array(bytes))
        default: return nil
        }
    }

    var databaseValue: DatabaseValue {
        switch self {
        case .text(let text): text.databaseValue
        case .uuid(let bytes): Blob(bytes).databaseValue
        }
    }

    var text: String {
        switch self {
        case .text(let text): text
        case .uuid(let bytes): UUIDv7(bytes: bytes)?.description ?? ""
        }
    }

    /// The start of a value. Most comparisons of a sort are decided by the prefixes, without reading the whole values.
    struct Prefix: Equatable {
        private let isText: Bool
        /// The first eight bytes, big-endian, padded with zeros.
        private let bytes: UInt64

        fileprivate init(isText: Bool, _ bytes: some Sequence<UInt8>) {
            self.isText = isText
            self.bytes = bytes.prefix(8).enumerated().reduce(0) {
                $0 | UInt64($1.element) &<< UInt64(56 - 8 * $1.offset)
            }
        }

        static func < (one: Prefix, other: Prefix) -> Bool {
            one.isText == other.isText ? one.bytes < other.bytes : one.isText
        }
    }

    var prefix: Prefix {
        switch self {
        case .text(let text): Prefix(isText: true, text.utf8)
        case .uuid(let bytes): Prefix(isText: false, bytes)
        }
    }

    /// Compares in SQLite's order: strings by their bytes, and strings before blobs.
    static func < (one: FieldValue, other: FieldValue) -> Bool {
        switch (one, other) {
        case (.text(let one), .text(let other)): one.utf8.lexicographicallyPrecedes(other.utf8)
        case (.uuid(let one), .uuid(let other)): one.lexicographicallyPrecedes(other)
        case (.text, .uuid): true
        case (.uuid, .text): false
        }
    }

    /// Compares bytes, as SQLite does.
    static func == (one: FieldValue, other: FieldValue) -> Bool {
        switch (one, other) {
        case (.text(let one), .text(let other)): one.hasSameBytes(as: other)
        case (.uuid(let one), .uuid(let other)): one == other
        default: false
        }
    }

    private static func uuidBytes(_ text: String) -> [UInt8]? {
        guard text.utf8.count == 36 else { return nil }
        var bytes = [UInt8](repeating: 0, count: 16)
        var digitCount = 0
        for (position, byte) in text.utf8.enumerated() {
            let digit: UInt8
            switch (byte, position) {
            case (UInt8(ascii: "-"), 8), (UInt8(ascii: "-"), 13), (UInt8(ascii: "-"), 18), (UInt8(ascii: "-"), 23):
                continue
            case (UInt8(ascii: "0")...UInt8(ascii: "9"), _): digit = byte - UInt8(ascii: "0")
            case (UInt8(ascii: "a")...UInt8(ascii: "f"), _): digit = byte - UInt8(ascii: "a") + 10
            default: return nil
            }
            guard digitCount < 32 else { return nil }
            bytes[digitCount / 2] = bytes[digitCount / 2] << 4 | digit
            digitCount += 1
        }
        return bytes
    }
}
