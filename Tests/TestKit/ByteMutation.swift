/// Damages bytes as a fault or an attacker could. A change inverts a bit, or replaces, inserts or swaps bytes, or
/// removes or repeats a piece.
package enum ByteMutation {
    /// Bytes with a special meaning in JSON, headers or UTF-8.
    private static let meaningful =
        Array("\"\\{}[],:=.-+eEu0189 \n\t/".utf8) + [0x00, 0x1f, 0x7f, 0x80, 0xc3, 0xed, 0xff]

    /// Makes one to three changes. The changes may cancel each other out.
    package static func mutate(_ bytes: [UInt8], using generator: inout SplitMix64) -> [UInt8] {
        var mutated = bytes
        for _ in 0..<Int.random(in: 1...3, using: &generator) { change(&mutated, using: &generator) }
        return mutated
    }

    private static func change(_ bytes: inout [UInt8], using generator: inout SplitMix64) {
        guard let position = bytes.indices.randomElement(using: &generator) else {
            bytes.append(meaningfulByte(using: &generator))
            return
        }
        let piece = position..<min(bytes.count, position + Int.random(in: 1...8, using: &generator))
        switch Int.random(in: 0..<8, using: &generator) {
        case 0: bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1: bytes[position] = UInt8(truncatingIfNeeded: generator.next())
        case 2: bytes[position] = meaningfulByte(using: &generator)
        case 3: bytes.insert(meaningfulByte(using: &generator), at: position)
        case 4: bytes.removeSubrange(piece)
        case 5: bytes.insert(contentsOf: Array(bytes[piece]), at: position)
        case 6: bytes.removeSubrange(position...)
        default: bytes.swapAt(position, Int.random(in: 0..<bytes.count, using: &generator))
        }
    }

    private static func meaningfulByte(using generator: inout SplitMix64) -> UInt8 {
        meaningful[Int.random(in: 0..<meaningful.count, using: &generator)]
    }
}

/// A small random number generator with a seed (Steele, Lea and Flood, OOPSLA 2014), so failures can be reproduced.
package struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) {
        self.state = seed
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }

    /// Returns `count` random bytes, which cannot be compressed.
    package mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
    }
}

/// Texts that Swift considers equal although their bytes differ (Unicode's canonical equivalence).
package enum CanonicalTwins {
    private static let pieces = [
        ("\u{e9}", "e\u{301}"), ("\u{f3}", "o\u{301}"), ("\u{e3}", "a\u{303}"), ("\u{e7}", "c\u{327}"),
        ("\u{212a}", "K"), ("\u{212b}", "A\u{30a}"), ("\u{1ee5}", "u\u{323}"), ("\u{ac00}", "\u{1100}\u{1161}"),
    ]

    /// Pairs of a composed and a decomposed text. The same seed results in the same pairs.
    package static func pairs(_ count: Int, seed: UInt64 = 12) -> [(composed: String, decomposed: String)] {
        var generator = SplitMix64(seed: seed)
        return (0..<count).map { _ in
            var (composed, decomposed) = ("", "")
            for _ in 0...Int.random(in: 0...4, using: &generator) {
                let letter = ["a", "x", "código", ".", ""].randomElement(using: &generator) ?? ""
                let piece = pieces.randomElement(using: &generator) ?? pieces[0]
                composed += letter + piece.0
                decomposed += letter + piece.1
            }
            return (composed, decomposed)
        }
    }
}
