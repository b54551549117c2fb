/// Texts that Swift takes for equal and that differ in their bytes (Unicode's canonical equivalence).
package enum CanonicalTwins {
    private static let pieces = [
        ("\u{e9}", "e\u{301}"), ("\u{f3}", "o\u{301}"), ("\u{e3}", "a\u{303}"), ("\u{e7}", "c\u{327}"),
        ("\u{212a}", "K"), ("\u{212b}", "A\u{30a}"), ("\u{1ee5}", "u\u{323}"), ("\u{ac00}", "\u{1100}\u{1161}"),
    ]

    /// Pairs of a composed and a decomposed text, the same for the same seed.
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
