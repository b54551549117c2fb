/// A text to find, ignoring case.
package struct TextNeedle: Sendable {
    /// Lower case.
    private let bytes: [UInt8]
    private let isASCII: Bool

    package init(_ text: String) {
        bytes = Array(text.lowercased().utf8)
        isASCII = bytes.allSatisfy { $0 < 0x80 }
    }

    package func isFound(in text: String) -> Bool {
        isFound(in: Array(text.utf8))
    }

    /// - Parameter text: UTF-8; invalid parts match nothing.
    package func isFound(in text: [UInt8]) -> Bool {
        text.withUnsafeBufferPointer { position(in: $0) != nil }
            || !isASCII && text.contains { $0 >= 0x80 }
                && Array(String(decoding: text, as: UTF8.self).lowercased().utf8).withUnsafeBufferPointer {
                    position(in: $0) != nil
                }
    }

    /// The position of the first match, ignoring the case of ASCII letters only.
    private func position(in text: UnsafeBufferPointer<UInt8>) -> Int? {
        guard let first = bytes.first else { return 0 }
        guard text.count >= bytes.count else { return nil }
        let capital = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first) ? first & 0xdf : first
        return bytes.withUnsafeBufferPointer { needle in
            var position = 0
            let end = text.count - needle.count
            while position <= end {
                let byte = text[position]
                if byte == first || byte == capital {
                    var length = 1
                    while length < needle.count, Self.lowercased(text[position + length]) == needle[length] {
                        length += 1
                    }
                    if length == needle.count { return position }
                }
                position += 1
            }
            return nil
        }
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}
