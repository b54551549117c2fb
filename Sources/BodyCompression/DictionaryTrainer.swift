/// Builds a preset dictionary from the text that many bodies have in common.
///
///     bodies ──TrainingText──▶ one bounded text without repeated bodies
///            ──SubstringCensus──▶ the number of bodies with each sequence of eight bytes, without rare ones
///            ──SegmentSelection──▶ the runs of frequent substrings that save most per byte, best first
///            ──join──▶ best last, separated by a byte that no body contains
///
/// **A dictionary is kept longer than the bodies from which it was built.** Therefore each sequence of eight bytes in
/// it occurs in at least `rarestBodyCount(of:)` different bodies. A run ends before a sequence that occurs in fewer
/// bodies. The separator prevents the end of a run and the start of the next run from forming a text that a single body
/// contains. If at least this number of bodies contains the data of one person, the data cannot be distinguished from
/// common text.
package enum DictionaryTrainer {
    /// The minimum number of different bodies for a dictionary.
    package static let bodyCountMinimum = 8
    /// The minimum length of a dictionary in bytes. A shorter dictionary is not useful.
    package static let byteCountMinimum = 64

    /// The minimum number of different bodies in which each sequence of eight bytes of the dictionary must occur: 1 %,
    /// but at least 4.
    package static func rarestBodyCount(of bodyCount: Int) -> Int {
        max(4, (bodyCount + 99) / 100)
    }

    /// Returns a dictionary of at most `byteCountLimit` bytes. Nil if there are too few bodies, if they have no text in
    /// common, or if they contain every byte value, which text never does.
    ///
    /// The result is deterministic. Training reads a sample of at most 4 MiB that is spread evenly over all bodies, and
    /// at most 64 KiB of each body. Training therefore takes about half a second and 45 MB.
    ///
    /// - Parameter checkpoint: called often; throws to end the training.
    package static func train(
        on bodies: [[UInt8]], byteCountLimit: Int = PresetDictionary.byteCountLimit,
        _ checkpoint: () throws -> Void
    ) rethrows -> PresetDictionary? {
        let byteCountLimit = min(byteCountLimit, PresetDictionary.byteCountLimit)
        let text = TrainingText(bodies)
        guard text.bodies.count >= bodyCountMinimum, byteCountLimit >= byteCountMinimum,
            let separator = text.unusedByte
        else { return nil }
        let rarest = rarestBodyCount(of: text.bodies.count)
        let census = try SubstringCensus(of: text, rarestBodyCount: rarest, checkpoint)
        var selection = SegmentSelection(of: census, byteCountLimit: byteCountLimit)
        let segments = try selection.select(fromBodyCount: text.bodies.count, checkpoint)
        // The most useful bytes are last, because shorter distances take fewer bits.
        let bytes = Array(segments.reversed().map { text.bytes[$0] }.joined(separator: [separator]))
        guard bytes.count >= byteCountMinimum else { return nil }
        return PresetDictionary(bytes)
    }
}
