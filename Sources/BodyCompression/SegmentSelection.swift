/// Selects the runs of frequent substrings that save most per byte of the dictionary.
///
/// The value of a substring is the number of bodies that contain it; after it is selected, its value is 0. The price of
/// a byte starts high and falls. At each price the text is scanned once. From each run whose value exceeds its cost,
/// the part with the highest gain is taken (Kadane's algorithm). A run never contains a rare substring.
struct SegmentSelection {
    /// The run of frequent substrings that is being scanned.
    private struct Candidate {
        let start: Int
        /// The value of the run's substrings so far, minus their cost.
        var gain: Int
        /// The highest positive value of `gain`.
        var bestGain = 0
        var bestEnd = 0
    }

    /// The maximum number of substrings by which a segment is extended on each side: half of the longest match.
    private static let wideningLimit = 128

    private let census: SubstringCensus
    private var restByteCount: Int
    /// The remaining value of each substring.
    private var values: [UInt32]
    /// For each substring, the number of the last candidate that contained it. A substring counts only once per
    /// candidate.
    private var lastCandidates: [UInt32]
    private var candidateNumber: UInt32 = 0
    /// The selected ranges of the text, best first.
    private var segments: [Range<Int>] = []

    init(of census: SubstringCensus, byteCountLimit: Int) {
        self.census = census
        self.restByteCount = byteCountLimit
        self.values = census.bodyCounts
        self.lastCandidates = [UInt32](repeating: 0, count: census.bodyCounts.count)
    }

    /// Returns ranges of the text, best first. The ranges and the one-byte separators between them fit into the limit.
    mutating func select(fromBodyCount bodyCount: Int, _ checkpoint: () throws -> Void) rethrows -> [Range<Int>] {
        var price = bodyCount
        // The price does not fall below half of the rarest count, because at a lower price every long run of frequent
        // substrings has a gain.
        while price * 2 >= census.rarestBodyCount, restByteCount >= SubstringCensus.substringByteCount {
            try checkpoint()
            price = price * 2 / 3
            scan(price: max(price, 1))
        }
        return segments
    }

    /// Scans the text once and selects the runs with a gain at this price.
    private mutating func scan(price: Int) {
        // The cost of a segment in addition to its substrings: the bytes that complete the last substring, and the
        // separator.
        let baseCost = price * SubstringCensus.substringByteCount
        var candidate: Candidate?
        for position in census.substrings.indices {
            let substring = Int(census.substrings[position])
            guard substring != SubstringCensus.rare else {
                if let candidate { take(candidate, price: price) }
                candidate = nil
                continue
            }
            var current = candidate ?? begin(at: position, baseCost: baseCost)
            if lastCandidates[substring] != candidateNumber {
                lastCandidates[substring] = candidateNumber
                current.gain += Int(values[substring])
            }
            current.gain -= price
            if current.gain > current.bestGain {
                current.bestGain = current.gain
                current.bestEnd = position
            }
            // At this point a new segment is cheaper than continuing the current segment.
            if current.gain <= current.bestGain - baseCost {
                take(current, price: price)
                candidate = nil
            } else {
                candidate = current
            }
        }
    }

    private mutating func begin(at position: Int, baseCost: Int) -> Candidate {
        candidateNumber &+= 1
        return Candidate(start: position, gain: -baseCost)
    }

    /// Adds the best part of the candidate, cut to the remaining space.
    private mutating func take(_ candidate: Candidate, price: Int) {
        guard candidate.bestGain > 0 else { return }
        let separatorByteCount = segments.isEmpty ? 0 : 1
        let range = widened(candidate.start...candidate.bestEnd, price: price)
        let end = min(
            range.upperBound + SubstringCensus.substringByteCount, range.lowerBound + restByteCount - separatorByteCount
        )
        guard end - range.lowerBound >= SubstringCensus.substringByteCount else { return }
        segments.append(range.lowerBound..<end)
        restByteCount -= end - range.lowerBound + separatorByteCount
        for position in range.lowerBound...(end - SubstringCensus.substringByteCount) {
            values[Int(census.substrings[position])] = 0
        }
    }

    /// The range, extended by neighbours that are frequent enough for the price, even if they are already selected. One
    /// long match is cheaper than two adjacent matches.
    private func widened(_ range: ClosedRange<Int>, price: Int) -> ClosedRange<Int> {
        var start = range.lowerBound
        var end = range.upperBound
        while start > 0, range.lowerBound - start < Self.wideningLimit, isFrequent(start - 1, price) { start -= 1 }
        while end + 1 < census.substrings.count, end - range.upperBound < Self.wideningLimit, isFrequent(end + 1, price)
        {
            end += 1
        }
        return start...end
    }

    private func isFrequent(_ position: Int, _ price: Int) -> Bool {
        let substring = Int(census.substrings[position])
        return substring != SubstringCensus.rare && census.bodyCounts[substring] >= price
    }
}
