internal import Deliveries
internal import Foundation

/// The source of identifiers: SplitMix64 (Steele, Lea and Flood, 2014). The same seed and calls produce the same
/// identifiers.
struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
        return word ^ (word >> 31)
    }

    mutating func uuid() -> String {
        var text = Array(hex(32))
        text[12] = "4"
        text[16] = "a"
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(text[$0]) }.joined(separator: "-")
    }

    mutating func hex(_ count: Int) -> String { text(count, of: "0123456789abcdef") }
    mutating func digits(_ count: Int) -> String { text(count, of: "0123456789") }

    mutating func token(_ count: Int) -> String {
        text(count, of: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    }

    private mutating func text(_ count: Int, of alphabet: String) -> String {
        let bytes = Array(alphabet.utf8)
        return String(decoding: (0..<count).map { _ in bytes[Int(next() % UInt64(bytes.count))] }, as: UTF8.self)
    }
}
