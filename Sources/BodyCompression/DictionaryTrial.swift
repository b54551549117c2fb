/// What a new preset dictionary would save, measured on bodies that it was not made of.
package struct DictionaryTrial: Sendable, Equatable {
    /// A new dictionary has to save this much of what is stored now: each one is kept for as long as its bodies are.
    package static let percentToSave = 5

    /// The bytes of all bodies as they came.
    package let rawByteCount: Int
    /// What they take in the archive, without a dictionary.
    package let plainByteCount: Int
    /// What they take with the dictionary that is in use; the same as `plainByteCount` where none is.
    package let currentByteCount: Int
    /// What they take with the new one.
    package let candidateByteCount: Int

    /// Compresses every body three times, twice where no dictionary is in use; with zlib's level `level`, 0 to 9.
    package init(
        on heldOut: [[UInt8]], level: Int, current: PresetDictionary?,
        candidate: PresetDictionary
    ) {
        func storedByteCount(_ dictionary: PresetDictionary?) -> Int {
            let compressor = ZlibCompressor(level: level, dictionary: dictionary)
            return heldOut.reduce(0) { $0 + (compressor.compress($1)?.count ?? $1.count) }
        }
        self.rawByteCount = heldOut.reduce(0) { $0 + $1.count }
        self.plainByteCount = storedByteCount(nil)
        self.currentByteCount = current == nil ? plainByteCount : storedByteCount(current)
        self.candidateByteCount = storedByteCount(candidate)
    }

    /// Whether the new one saves at least `percentToSave` of what is stored the way it is done now.
    package var isWorthKeeping: Bool {
        let savedByteCount = currentByteCount - candidateByteCount
        return savedByteCount > 0 && savedByteCount * 100 >= currentByteCount * Self.percentToSave
    }

    /// Every fourth body held out for the trial, the others to make the dictionary of.
    package static func split(_ bodies: [[UInt8]]) -> (training: [[UInt8]], heldOut: [[UInt8]]) {
        var training: [[UInt8]] = []
        var heldOut: [[UInt8]] = []
        for (index, body) in bodies.enumerated() {
            if index % 4 == 3 { heldOut.append(body) } else { training.append(body) }
        }
        return (training, heldOut)
    }
}
