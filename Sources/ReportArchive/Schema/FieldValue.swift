internal import Deliveries
internal import GRDB

/// A field's value as the index keeps it: a UUID, which many identifiers are, as its sixteen bytes, anything else as text.
///
/// Only the usual spelling counts, 36 characters in lower case, so that every value comes out as it went in.
enum FieldValue {
    /// Sixteen bytes; nil for a text that is no UUID in that spelling.
    static func uuidBytes(_ text: String) -> [UInt8]? {
        guard text.utf8.count == 36 else { return nil }
        var digits: [UInt8] = []
        digits.reserveCapacity(32)
        for (position, byte) in text.utf8.enumerated() {
            if [8, 13, 18, 23].contains(position) {
                guard byte == UInt8(ascii: "-") else { return nil }
            } else {
                guard byte < UInt8(ascii: "A") || byte > UInt8(ascii: "Z") else { return nil }
                digits.append(byte)
            }
        }
        return Hex.decode(digits)
    }

    static func stored(_ text: String) -> DatabaseValue {
        uuidBytes(text).map { Blob($0).databaseValue } ?? text.bindable.databaseValue
    }

    /// The text of a stored value; nil for one that this program does not write.
    static func text(_ value: DatabaseValue) -> String? {
        if let text = String.fromDatabaseValue(value) { return text }
        return Blob.fromDatabaseValue(value).flatMap { UUIDv7(bytes: $0.bytes)?.description }
    }
}
