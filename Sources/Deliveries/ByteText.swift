/// A text that is compared by its UTF-8 bytes.
///
/// `String` compares by canonical equivalence: `código` composed (NFC) and decomposed (NFD) would be one key of a
/// dictionary, but are two rows of an archive. Therefore names and values that senders choose are compared and looked
/// up as `ByteText`.
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
        // Marks the end of the text. Otherwise two keys that consist of several texts could have the same hash if only
        // the boundaries between the texts differ.
        hasher.combine(0xff as UInt8)
    }

    /// Compares bytes, as SQLite does when it sorts text.
    package static func < (lhs: ByteText, rhs: ByteText) -> Bool {
        lhs.text.utf8.lexicographicallyPrecedes(rhs.text.utf8)
    }
}

extension StringProtocol {
    /// Equality of the UTF-8 bytes, without Unicode's canonical equivalence.
    package func hasSameBytes(as other: some StringProtocol) -> Bool {
        // The fast path, several times faster than comparing element by element. It requires that both texts are
        // contiguous UTF-8.
        let isSame: Bool?? = utf8.withContiguousStorageIfAvailable { bytes in
            other.utf8.withContiguousStorageIfAvailable { others in
                bytes.count == others.count && bytes.elementsEqual(others)
            }
        }
        return (isSame ?? nil) ?? utf8.elementsEqual(other.utf8)
    }
}
