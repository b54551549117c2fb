/// Counts in how many different bodies each sequence of eight bytes occurs.
///
/// Exact counts of all substrings would take more memory than the bodies. Therefore a sieve runs first. Substrings with
/// the same hash share a counter of the sieve, so its counts are never too low. The substrings that pass the sieve are
/// counted exactly. If no slot is left for a substring, it counts as rare.
struct SubstringCensus {
    /// The length of the substrings in bytes. Matches begin to save bytes at half of this length.
    static let substringByteCount = 8

    /// For each position in the text, the index in `bodyCounts` of the substring that begins there. The value is `rare`
    /// if the substring is rare or would extend beyond its body.
    let substrings: [Int32]
    /// The number of bodies that contain each substring, by the substring's index. At least `rarestBodyCount` for every
    /// index in `substrings`.
    let bodyCounts: [UInt32]
    let rarestBodyCount: Int

    static let rare: Int32 = -1

    init(of text: TrainingText, rarestBodyCount: Int, _ checkpoint: () throws -> Void) rethrows {
        self.rarestBodyCount = rarestBodyCount
        let sieve = try Sieve(of: text, checkpoint)
        var table = SubstringTable(byteCount: text.bytes.count)
        var substrings = [Int32](repeating: Self.rare, count: text.bytes.count)
        for (body, range) in text.bodies.enumerated() {
            try checkpoint()
            Self.forEach(in: text.bytes, range) { position, substring in
                guard sieve.bodyCount(of: substring) >= rarestBodyCount else { return }
                substrings[position] = table.count(substring, in: UInt32(truncatingIfNeeded: body))
            }
        }
        for position in substrings.indices where substrings[position] != Self.rare {
            if table.bodyCounts[Int(substrings[position])] < UInt32(clamping: rarestBodyCount) {
                substrings[position] = Self.rare
            }
        }
        self.substrings = substrings
        self.bodyCounts = table.bodyCounts
    }

    /// Calls `act` for each sequence of eight bytes in `range`: with its position, and with the bytes as a big-endian
    /// integer.
    fileprivate static func forEach(in bytes: [UInt8], _ range: Range<Int>, _ act: (Int, UInt64) -> Void) {
        guard range.count >= substringByteCount else { return }
        var substring: UInt64 = 0
        for position in range {
            substring = substring << 8 | UInt64(bytes[position])
            let start = position - (substringByteCount - 1)
            if start >= range.lowerBound { act(start, substring) }
        }
    }

    /// The mixing function of SplitMix64.
    fileprivate static func mixed(_ substring: UInt64) -> UInt64 {
        var mixed = (substring ^ substring >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }

    /// The number of slots: a power of two from `1 << 10` to `1 << 20`.
    fileprivate static func slotCount(for count: Int) -> Int {
        var slots = 1 << 10
        while slots < count, slots < 1 << 20 { slots <<= 1 }
        return slots
    }
}

/// Approximate counts of bodies. If substrings share a counter, the count is too high; it is never too low.
private struct Sieve {
    private struct Counter {
        /// The index of the last counted body, plus one.
        var lastBody: UInt16 = 0
        var bodyCount: UInt16 = 0
    }

    private var counters: [Counter]
    private let mask: UInt64

    init(of text: TrainingText, _ checkpoint: () throws -> Void) rethrows {
        let slotCount = SubstringCensus.slotCount(for: text.bytes.count) << 1
        var counters = [Counter](repeating: Counter(), count: slotCount)
        let mask = UInt64(slotCount - 1)
        for (body, range) in text.bodies.enumerated() {
            try checkpoint()
            // TrainingText.bodyCountLimit is below UInt16.max.
            let name = UInt16(truncatingIfNeeded: body + 1)
            SubstringCensus.forEach(in: text.bytes, range) { _, substring in
                let slot = Int(SubstringCensus.mixed(substring) & mask)
                guard counters[slot].lastBody != name else { return }
                counters[slot] = Counter(lastBody: name, bodyCount: counters[slot].bodyCount &+ 1)
            }
        }
        self.counters = counters
        self.mask = mask
    }

    func bodyCount(of substring: UInt64) -> Int {
        Int(counters[Int(SubstringCensus.mixed(substring) & mask)].bodyCount)
    }
}

/// Exact counts of bodies, until all slots are in use.
private struct SubstringTable {
    private static let vacant: UInt32 = 0
    private static let probeLimit = 16

    private var substrings: [UInt64]
    /// For each slot, the index of the last counted body, plus one; `vacant` if the slot is unused.
    private var lastBodies: [UInt32]
    private(set) var bodyCounts: [UInt32]
    private let mask: UInt64

    init(byteCount: Int) {
        let slotCount = SubstringCensus.slotCount(for: byteCount)
        substrings = [UInt64](repeating: 0, count: slotCount)
        lastBodies = [UInt32](repeating: Self.vacant, count: slotCount)
        bodyCounts = [UInt32](repeating: 0, count: slotCount)
        mask = UInt64(slotCount - 1)
    }

    /// Counts the body once for the substring. Returns the index of the substring, or `rare` if no slot is left.
    mutating func count(_ substring: UInt64, in body: UInt32) -> Int32 {
        let start = SubstringCensus.mixed(substring) >> 32
        for probe in 0..<UInt64(Self.probeLimit) {
            let slot = Int((start &+ probe) & mask)
            if lastBodies[slot] == Self.vacant { substrings[slot] = substring }
            guard substrings[slot] == substring else { continue }
            if lastBodies[slot] != body &+ 1 {
                lastBodies[slot] = body &+ 1
                bodyCounts[slot] &+= 1
            }
            return Int32(truncatingIfNeeded: slot)
        }
        return SubstringCensus.rare
    }
}
