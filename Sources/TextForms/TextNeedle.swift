/// A text to search for in bodies: in any spelling, or byte by byte.
package struct TextNeedle: Sendable {
    /// The bytes to search for, folded unless `isExact` is true.
    private let bytes: [UInt8]
    private let isExact: Bool
    /// The positions at which a national number may have a separator, as bits; nil for any other text.
    private let breaks: UInt32?

    package init(_ text: String, isExact: Bool = false) {
        let key = Array(TextFolding.key(text).utf8)
        // A string of only accents has an empty key, which would match everywhere, so it is compared byte by byte.
        self.isExact = isExact || key.isEmpty
        bytes = self.isExact ? Array(text.utf8) : key
        breaks = self.isExact ? nil : NationalNumber.breaks(key)
    }

    package func isFound(in text: String) -> Bool {
        isFound(in: Array(text.utf8))
    }

    /// - Parameter text: UTF-8. Invalid parts do not match any text.
    package func isFound(in text: [UInt8]) -> Bool {
        text.withUnsafeBufferPointer { text in
            if isExact { return hasBytes(text) }
            // Searches without folding first, because most matches and most texts are ASCII.
            return isIn(text) || hasFolded(text)
        }
    }

    private func isIn(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        breaks.map { hasNumber(text, $0) } ?? hasLetters(text)
    }

    private func hasBytes(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = bytes.first else { return true }
        return bytes.withUnsafeBufferPointer { needle in
            var position = 0
            while position + needle.count <= text.count {
                if text[position] == first,
                    UnsafeBufferPointer(rebasing: text[position..<position + needle.count])
                        .elementsEqual(needle)
                {
                    return true
                }
                position += 1
            }
            return false
        }
    }

    /// True if the text contains the needle when only the case of ASCII letters is ignored.
    private func hasLetters(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = bytes.first else { return true }
        let end = text.count - bytes.count
        return bytes.withUnsafeBufferPointer { needle in
            var position = Self.candidate(first, text, from: 0)
            while position <= end {
                var length = 1
                while length < needle.count, Self.lowercased(text[position + length]) == needle[length] {
                    length += 1
                }
                if length == needle.count { return true }
                position = Self.candidate(first, text, from: position + 1)
            }
            return false
        }
    }

    /// True if the text contains the number. Skips one separator at each position that may have one.
    private func hasNumber(_ text: UnsafeBufferPointer<UInt8>, _ breaks: UInt32) -> Bool {
        guard let first = bytes.first else { return false }
        return bytes.withUnsafeBufferPointer { needle in
            var start = Self.candidate(first, text, from: 0)
            while start < text.count {
                var position = start + 1
                var length = 1
                while length < needle.count, position < text.count {
                    if breaks >> UInt32(length) & 1 == 1, NationalNumber.isMark(text[position]) { position += 1 }
                    guard position < text.count, Self.lowercased(text[position]) == needle[length] else { break }
                    position += 1
                    length += 1
                }
                if length == needle.count { return true }
                start = Self.candidate(first, text, from: start + 1)
            }
            return false
        }
    }

    /// The next position of a byte, or the end. For a letter, finds both cases. Tests eight bytes at a time.
    private static func candidate(_ byte: UInt8, _ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        let isLetter = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        let ones: UInt64 = 0x0101_0101_0101_0101
        let pattern = ones &* UInt64(byte)
        let ignoredBits: UInt64 = isLetter ? ones &* 0x20 : 0
        let words = UnsafeRawBufferPointer(text)
        var position = start
        while position + 8 <= text.count {
            let word = words.loadUnaligned(fromByteOffset: position, as: UInt64.self)
            // Finds zero bytes in the difference (graphics.stanford.edu/~seander/bithacks.html, ZeroInWord).
            let difference = (word | ignoredBits) ^ pattern
            let zeros = (difference &- ones) & ~difference & (ones &* 0x80)
            // Only the lowest set bit is exact; higher bits may result from borrows.
            if zeros != 0 { return position + UInt64(littleEndian: zeros).trailingZeroBitCount / 8 }
            position += 8
        }
        while position < text.count, text[position] | (isLetter ? 0x20 : 0) != byte { position += 1 }
        return position
    }

    /// The number of bytes of folded text to search at a time.
    private static let windowByteCount = 64 * 1024

    /// Folds only the text near non-ASCII characters, because other matches were already found without folding.
    private func hasFolded(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var window: [UInt8] = []
        func isInWindow() -> Bool { window.withUnsafeBufferPointer { isIn($0) } }
        // A number has at most one separator per character.
        let reach = breaks == nil ? bytes.count : 2 * bytes.count
        var position = UTF8Check.beyondASCII(text, from: 0)
        while position < text.count {
            guard mayBeMatched(at: position, text) else {
                position = UTF8Check.beyondASCII(text, from: position + UTF8Check.scalar(at: position, text).length)
                continue
            }
            window.removeAll(keepingCapacity: true)
            for byte in text[max(0, position - reach)..<position] { window.append(Self.lowercased(byte)) }
            var asciiCount = 0
            while position < text.count, asciiCount < reach {
                if text[position] < 0x80 {
                    window.append(Self.lowercased(text[position]))
                    asciiCount += 1
                    position += 1
                } else {
                    asciiCount = 0
                    let (scalar, length) = UTF8Check.scalar(at: position, text)
                    TextFolding.append(scalar, to: &window)
                    position += length
                }
                if window.count > Self.windowByteCount + reach {
                    if isInWindow() { return true }
                    window.removeFirst(window.count - reach)
                }
            }
            if isInWindow() { return true }
            position = UTF8Check.beyondASCII(text, from: position)
        }
        return false
    }

    /// False if no match can contain the character at a position: the needle does not contain the character's folded
    /// form between the adjacent letters.
    private func mayBeMatched(at position: Int, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
        let (scalar, length) = UTF8Check.scalar(at: position, text)
        // A match can also start inside a folded form with several letters, such as that of ß.
        guard let form = TextFolding.latinForm(scalar), form.count == 1, let first = form.first else { return true }
        let end = position + length
        let before =
            breaks == nil && position > 0 && text[position - 1] < 0x80 ? Self.lowercased(text[position - 1]) : nil
        let after = breaks == nil && end < text.count && text[end] < 0x80 ? Self.lowercased(text[end]) : nil
        return bytes.withUnsafeBufferPointer { needle in
            needle.indices.contains { place in
                needle[place] == first && (place == 0 || before.map { $0 == needle[place - 1] } ?? true)
                    && (place + 1 >= needle.count || after.map { $0 == needle[place + 1] } ?? true)
            }
        }
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}
