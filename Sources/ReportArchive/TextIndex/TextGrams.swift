internal import Deliveries
internal import StrictJSON

/// The grams of texts: three bytes each, as they stand side by side, as one number.
///
/// `BodyMatcher` finds a needle where its bytes, in lower case, stand in one of these: the body with ASCII's letters in lower
/// case, the whole of it as Swift lowercases it, and the same of each string that is written with escapes. The grams of all of
/// them together hold those of every needle that it can find, whatever the bytes mean; a test compares the two.
struct TextGrams {
    /// Most grams of one body; what has more is not indexed.
    static let countLimit = 65_536

    /// A bit a gram.
    private var isSeen = [UInt64](repeating: 0, count: 1 << 18)
    private var grams: [UInt32] = []

    /// What a body has to have for the needle to be in it; nil where the needle is too short to say.
    static func needed(by needle: TextNeedle) -> [UInt32]? {
        guard needle.bytes.count >= 3 else { return nil }
        return (0...(needle.bytes.count - 3)).map { index in
            UInt32(needle.bytes[index]) << 16 | UInt32(needle.bytes[index + 1]) << 8 | UInt32(needle.bytes[index + 2])
        }.uniqued()
    }

    /// All that a body has, each once, in no order; nil where there are too many.
    mutating func all(of body: [UInt8]) -> [UInt32]? {
        defer {
            for gram in grams { isSeen[Int(gram >> 6)] = 0 }
            grams.removeAll(keepingCapacity: true)
        }
        add(body)
        if body.contains(UInt8(ascii: "\\")), let document = try? JSONDocument(parsing: body) {
            _ = document.someEscapedString { string in
                add(Array(string.utf8))
                return grams.count > Self.countLimit
            }
        }
        return grams.count > Self.countLimit ? nil : grams
    }

    private mutating func add(_ text: [UInt8]) {
        addBytes(text)
        guard text.contains(where: { $0 >= 0x80 }) else { return }
        addBytes(Array(String(decoding: text, as: UTF8.self).lowercased().utf8))
    }

    private mutating func addBytes(_ text: [UInt8]) {
        text.withUnsafeBufferPointer { text in
            isSeen.withUnsafeMutableBufferPointer { isSeen in
                var gram: UInt32 = 0
                for index in text.indices {
                    let byte = text[index]
                    let isCapital = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
                    gram = (gram << 8 | UInt32(isCapital ? byte | 0x20 : byte)) & 0xff_ffff
                    let bit = UInt64(1) << UInt64(gram & 63)
                    guard index >= 2, isSeen[Int(gram >> 6)] & bit == 0 else { continue }
                    // One more than is allowed says that there are too many.
                    guard grams.count <= Self.countLimit else { return }
                    isSeen[Int(gram >> 6)] |= bit
                    grams.append(gram)
                }
            }
        }
    }
}
