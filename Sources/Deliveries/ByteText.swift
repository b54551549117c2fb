/// Text that is equal to another only if their UTF-8 bytes are.
///
/// `String` compares by canonical equivalence: `código` composed (NFC) and decomposed (NFD) are one key of a
/// dictionary, and two rows of an archive. Names and values that senders choose are compared and looked up as
/// `ByteText`.
package struct ByteText: Hashable, Sendable {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    package static func == (lhs: ByteText, rhs: ByteText) -> Bool {
        lhs.text.hasSameBytes(as: rhs.text)
    }

    package func hash(into hasher: inout Hasher) {
        let count: Void? = text.utf8.withContiguousStorageIfAvailable {
            hasher.combine(bytes: UnsafeRawBufferPointer($0))
        }
        if count == nil { Array(text.utf8).withUnsafeBytes { hasher.combine(bytes: $0) } }
        // Ends the text. Otherwise bytes could move between two adjacent texts of a key without changing the hash.
        hasher.combine(0xff as UInt8)
    }

    /// Compares bytes, as SQLite orders text.
    package static func < (lhs: ByteText, rhs: ByteText) -> Bool {
        lhs.text.utf8.lexicographicallyPrecedes(rhs.text.utf8)
    }
}

extension StringProtocol {
    /// Equality of the UTF-8 bytes, without Unicode's canonical equivalence.
    package func hasSameBytes(as other: some StringProtocol) -> Bool {
        // Several times faster than comparing element by element, if both texts are contiguous UTF-8.
        let isSame: Bool?? = utf8.withContiguousStorageIfAvailable { bytes in
            other.utf8.withContiguousStorageIfAvailable { others in
                bytes.count == others.count && bytes.elementsEqual(others)
            }
        }
        return (isSame ?? nil) ?? utf8.elementsEqual(other.utf8)
    }
}
