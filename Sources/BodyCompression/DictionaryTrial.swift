/// The saving of a new preset dictionary, measured on bodies that were not used for training.
package struct DictionaryTrial: Sendable, Equatable {
    /// The minimum saving of a new dictionary, in percent of the stored bytes. A smaller saving is not worth another
    /// dictionary, which must be kept as long as its bodies.
    package static let percentToSave = 5

    /// The bytes of all bodies as they arrived.
    package let rawByteCount: Int
    /// The stored bytes without a dictionary.
    package let plainByteCount: Int
    /// The stored bytes with the current dictionary; `plainByteCount` if there is none.
    package let currentByteCount: Int
    /// The stored bytes with the new dictionary.
    package let candidateByteCount: Int

    /// Compresses every body three times, or twice if there is no current dictionary.
    ///
    /// - Parameters:
    ///   - level: the compression level of zlib, 0 to 9.
    ///   - checkpoint: called for every body; throws to end the trial.
    package init(
        on heldOut: [[UInt8]], level: Int, current: PresetDictionary?, candidate: PresetDictionary,
        _ checkpoint: () throws -> Void
    ) rethrows {
        func storedByteCount(_ dictionary: PresetDictionary?) throws -> Int {
            let compressor = ZlibCompressor(level: level, dictionary: dictionary)
            return try heldOut.reduce(0) {
                try checkpoint()
                return $0 + (compressor.compress($1)?.count ?? $1.count)
            }
        }
        self.rawByteCount = heldOut.reduce(0) { $0 + $1.count }
        self.plainByteCount = try storedByteCount(nil)
        self.currentByteCount = current == nil ? plainByteCount : try storedByteCount(current)
        self.candidateByteCount = try storedByteCount(candidate)
    }

    /// True if the new dictionary saves at least `percentToSave` compared with the current dictionary.
    package var isWorthKeeping: Bool {
        let savedByteCount = currentByteCount - candidateByteCount
        return savedByteCount > 0 && savedByteCount * 100 >= currentByteCount * Self.percentToSave
    }

    /// Reserves every fourth body for the trial. The other bodies are for training.
    package static func split(_ bodies: [[UInt8]]) -> (training: [[UInt8]], heldOut: [[UInt8]]) {
        var training: [[UInt8]] = []
        var heldOut: [[UInt8]] = []
        for (index, body) in bodies.enumerated() {
            if index % 4 == 3 { heldOut.append(body) } else { training.append(body) }
        }
        return (training, heldOut)
    }
}
