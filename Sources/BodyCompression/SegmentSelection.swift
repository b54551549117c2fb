/// Chooses what goes into a dictionary: runs of frequent substrings, those that save most for each of their bytes first.
///
/// A substring is worth as much as there are bodies that hold it, once: whatever is chosen already is worth nothing.
/// A byte has a price, which begins high and falls. At each price the text is walked once, and every run is taken whose
/// worth exceeds what it costs, in the extent that leaves most (Kadane's algorithm; a run never contains a rare substring).
struct SegmentSelection {
    /// A stretch of the text that is being weighed, all of it frequent substrings.
    private struct Candidate {
        /// Where it begins.
        let start: Int
        /// What its substrings up to here are worth, less what they cost.
        var gain: Int
        /// The most that `gain` has been, where that is more than nothing, and the substring it was reached with.
        var bestGain = 0
        var bestEnd = 0
    }

    /// How many substrings a segment is widened by at most, to either side: half of the longest match.
    private static let wideningLimit = 128

    private let census: SubstringCensus
    private var restByteCount: Int
    /// What each substring is still worth.
    private var worths: [UInt32]
    /// The number of the candidate that met each substring last, for it is worth nothing twice.
    private var lastCandidates: [UInt32]
    private var candidateNumber: UInt32 = 0
    /// Ranges of the text, best first.
    private var segments: [Range<Int>] = []

    init(of census: SubstringCensus, byteCountLimit: Int) {
        self.census = census
        self.restByteCount = byteCountLimit
        self.worths = census.bodyCounts
        self.lastCandidates = [UInt32](repeating: 0, count: census.bodyCounts.count)
    }

    /// Ranges of the text, best first; with one byte between each two they fit the limit.
    mutating func select(fromBodyCount bodyCount: Int) -> [Range<Int>] {
        var price = bodyCount
        // Below half of the rarest count, whatever is long enough pays.
        while price * 2 >= census.rarestBodyCount, restByteCount >= SubstringCensus.substringByteCount {
            price = price * 2 / 3
            walk(price: max(price, 1))
        }
        return segments
    }

    /// Walks the text once and takes what pays at this price.
    private mutating func walk(price: Int) {
        // What a segment costs beside its substrings: the bytes that complete its last one, and the separator.
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
                current.gain += Int(worths[substring])
            }
            current.gain -= price
            if current.gain > current.bestGain {
                current.bestGain = current.gain
                current.bestEnd = position
            }
            // What lies behind is better left out: a new segment would cost less than going on.
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

    /// Adds the best extent of the candidate, as much of it as there is room for.
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
            worths[Int(census.substrings[position])] = 0
        }
    }

    /// The range with what surrounds it and is as frequent as the price demands, whether chosen already or not: one long
    /// match is cheaper than two that meet.
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
