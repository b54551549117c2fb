package import Deliveries

/// How often deliveries of a source arrive, measured on its last ones.
package struct SourceRhythm: Sendable, Equatable {
    /// With fewer gaps there is no usual gap.
    private static let gapCountNeeded = 5

    package let source: String
    package let lastReceivedAt: Timestamp
    /// The median gap between deliveries; nil if there are too few.
    package let usualGapMilliseconds: Int64?

    /// - Parameters:
    ///   - times: the last arrivals, newest first.
    ///   - lastReceivedAt: the last arrival, including repeats.
    package init(source: String, times: [Timestamp], lastReceivedAt: Timestamp) {
        self.source = source
        self.lastReceivedAt = lastReceivedAt
        let gaps = zip(times, times.dropFirst()).map { max(0, $0.milliseconds(since: $1)) }.sorted()
        usualGapMilliseconds = gaps.count >= Self.gapCountNeeded ? gaps[gaps.count / 2] : nil
    }

    /// The time since the last arrival, in milliseconds.
    package func silence(at now: Timestamp) -> Int64 {
        max(0, now.milliseconds(since: lastReceivedAt))
    }

    /// True if the time since the last arrival exceeds ten minutes and ten usual gaps.
    package func isQuiet(at now: Timestamp) -> Bool {
        guard let usualGapMilliseconds else { return false }
        let silence = silence(at: now)
        return silence > 600_000 && silence / 10 > usualGapMilliseconds
    }
}

extension ArchiveReader {
    /// Deliveries whose gaps are measured.
    package static let rhythmSampleCount = 500

    /// Nil if the source has no reports that match the filter's categories.
    package func rhythm(of source: String, matching filter: ReportFilter) throws -> SourceRhythm? {
        var sample = filter
        sample.sources = [source]
        (sample.since, sample.until, sample.limit) = (nil, nil, Self.rhythmSampleCount)
        var times: [Timestamp] = []
        var last: Timestamp?
        var delivery: DeliveryID?
        try forEachReport(matching: sample) { report in
            last = max(last ?? report.lastReceivedAt, report.lastReceivedAt)
            guard report.deliveryID != delivery else { return }
            delivery = report.deliveryID
            times.append(report.receivedAt)
        }
        return last.map { SourceRhythm(source: source, times: times, lastReceivedAt: $0) }
    }
}
