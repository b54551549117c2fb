/// Makes a preset dictionary of what many bodies have in common.
///
///     bodies ──TrainingText──▶ one text without repeated bodies, bounded
///            ──SubstringCensus──▶ in how many bodies each eight bytes occur, rare ones left out
///            ──SegmentSelection──▶ the runs of frequent ones that pay most a byte, best first
///            ──assembled──▶ best last, parted by a byte that no body holds
///
/// **A dictionary outlives the bodies it was made of**, so no eight bytes of it come from fewer than
/// `rarestBodyCount(of:)` different bodies. Runs end where the next eight bytes are rarer, and the separator keeps the
/// end of one and the start of the next from spelling something that only one body says. What the same person's
/// data repeats in that many different bodies is not told apart from what all have in common.
package enum DictionaryTrainer {
    /// Fewer different bodies than this teach nothing.
    package static let bodyCountMinimum = 8
    /// A dictionary with fewer bytes than this is not worth having.
    package static let byteCountMinimum = 64

    /// In how many different bodies eight bytes must occur to get into the dictionary: 1 %, at least 4.
    package static func rarestBodyCount(of bodyCount: Int) -> Int {
        max(4, (bodyCount + 99) / 100)
    }

    /// A dictionary of at most `byteCountLimit` bytes, or nil where the bodies are too few, say nothing twice or use
    /// every byte value, as no text does.
    ///
    /// The same bodies in the same order give the same dictionary. Looks at no more than 4 MiB of bodies, evenly spread, and
    /// at the first 64 KiB of each; takes up to 45 MB while it works, and about half a second for that much.
    package static func train(
        on bodies: [[UInt8]], byteCountLimit: Int = PresetDictionary.byteCountLimit
    ) -> PresetDictionary? {
        let byteCountLimit = min(byteCountLimit, PresetDictionary.byteCountLimit)
        let text = TrainingText(bodies)
        guard text.bodies.count >= bodyCountMinimum, byteCountLimit >= byteCountMinimum,
            let separator = text.unusedByte
        else { return nil }
        let census = SubstringCensus(of: text, rarestBodyCount: rarestBodyCount(of: text.bodies.count))
        var selection = SegmentSelection(of: census, byteCountLimit: byteCountLimit)
        let segments = selection.select(fromBodyCount: text.bodies.count)
        let bytes = assembled(segments.map { text.bytes[$0] }, separator: separator)
        guard bytes.count >= byteCountMinimum else { return nil }
        return PresetDictionary(bytes)
    }

    /// The segments, best first, as a dictionary has them: best last.
    private static func assembled(_ segments: [ArraySlice<UInt8>], separator: UInt8) -> [UInt8] {
        Array(segments.reversed().joined(separator: [separator]))
    }
}
