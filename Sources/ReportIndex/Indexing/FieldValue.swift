internal import Deliveries
internal import GRDB
internal import Journal

/// A field's value as the index keeps it: a UUID, which many identifiers are, as its sixteen bytes, anything else as text.
///
/// Only the usual spelling counts, 36 characters in lower case, so that every value comes out as it went in.
enum FieldValue: Sendable, Equatable {
    case text(String)
    case uuid([UInt8])

    init(_ text: String) {
        self = Self.uuidBytes(text).map(FieldValue.uuid) ?? .text(text.bindable)
    }

    /// A value of the index; nil for one that this program does not write.
    init?(_ value: DatabaseValue) {
        // Asked for text, GRDB takes bytes that happen to be UTF-8 for it.
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

    /// The start of a value. If the starts of two values differ, they are in the order of the values.
    struct Prefix: Equatable {
        private let isText: Bool
        /// The first eight bytes, the first of them highest; zero where the value has fewer.
        private let bytes: UInt64

        fileprivate init(isText: Bool, _ bytes: some Sequence<UInt8>) {
            self.isText = isText
            var value: UInt64 = 0
            var shift: UInt64 = 64
            for byte in bytes.prefix(8) {
                shift -= 8
                value |= UInt64(byte) << shift
            }
            self.bytes = value
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

    /// In the order of the index: texts before bytes.
    static func < (one: FieldValue, other: FieldValue) -> Bool {
        switch (one, other) {
        case (.text(let one), .text(let other)): one.utf8.lexicographicallyPrecedes(other.utf8)
        case (.uuid(let one), .uuid(let other)): one.lexicographicallyPrecedes(other)
        case (.text, .uuid): true
        case (.uuid, .text): false
        }
    }

    /// The sixteen bytes of a UUID in its usual spelling.
    private static func uuidBytes(_ text: String) -> [UInt8]? {
        guard text.utf8.count == 36 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(16)
        var high: UInt8?
        var position = 0
        for byte in text.utf8 {
            defer { position += 1 }
            if position == 8 || position == 13 || position == 18 || position == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            default: return nil
            }
            if let first = high {
                bytes.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        return bytes
    }
}
