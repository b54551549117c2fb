/// A text in which long runs of lower-case hexadecimal digits are stored as bytes. In compressed text, each digit would
/// take a whole byte.
///
/// In the rest of the text, a control character with the value n represents 8 · n digits. JSON text never contains
/// control characters.
struct PackedDigits: Equatable {
    /// The digits in order, two per byte.
    let bytes: [UInt8]
    let rest: [UInt8]

    /// The minimum number of words in a run. A word is four bytes, that is, eight digits. Shorter runs are not packed.
    private static let leastWordCount = 2
    /// The maximum number of words in a run. The control character contains the number of words.
    private static let runWordCountLimit = 31
    /// The maximum number of words in all runs.
    static let wordCountLimit = 63

    init(bytes: [UInt8], rest: [UInt8]) {
        self.bytes = bytes
        self.rest = rest
    }

    /// Nil if the text has no run to pack.
    init?(packing text: [UInt8]) {
        var bytes: [UInt8] = []
        var rest: [UInt8] = []
        rest.reserveCapacity(text.count)
        var position = 0
        while position < text.count {
            guard text[position] >= 0x20 else { return nil }
            var end = position
            while end < text.count, Self.value(text[end]) < 16 { end += 1 }
            let wordCount = min((end - position) / 8, Self.runWordCountLimit, Self.wordCountLimit - bytes.count / 4)
            if wordCount >= Self.leastWordCount {
                for digit in stride(from: position, to: position + 8 * wordCount, by: 2) {
                    bytes.append(Self.value(text[digit]) << 4 | Self.value(text[digit + 1]))
                }
                rest.append(UInt8(wordCount))
                position += 8 * wordCount
            } else {
                end = max(end, position + 1)
                rest.append(contentsOf: text[position..<end])
                position = end
            }
        }
        guard !bytes.isEmpty else { return nil }
        self.init(bytes: bytes, rest: rest)
    }

    /// The original text. Nil if bytes are missing or left over.
    func unpacked() -> [UInt8]? {
        var text: [UInt8] = []
        text.reserveCapacity(rest.count + 2 * bytes.count)
        var used = 0
        for character in rest {
            guard character < 0x20 else {
                text.append(character)
                continue
            }
            let end = used + 4 * Int(character)
            guard end <= bytes.count else { return nil }
            for byte in bytes[used..<end] {
                text.append(Self.digit(byte >> 4))
                text.append(Self.digit(byte & 0xf))
            }
            used = end
        }
        return used == bytes.count ? text : nil
    }

    /// The value of a digit; 16 or more for any other character.
    private static func value(_ character: UInt8) -> UInt8 {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
        default: .max
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
