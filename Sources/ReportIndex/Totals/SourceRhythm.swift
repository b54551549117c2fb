package import Deliveries

/// How often deliveries of a source arrive, measured on its last ones.
package struct SourceRhythm: Sendable, Equatable {
    /// The minimum number of gaps for a usual gap.
    private static let gapCountNeeded = 5

    package let source: String
    package let lastReceivedAt: Timestamp
    /// The median gap between deliveries; nil if there are too few.
    package let usualGapMilliseconds: Int64?
    /// The silence after which the source is quiet, in milliseconds; nil if the sample is too short to say.
    private let quietAfterMilliseconds: Int64?
    /// Bursts that are shorter count as one arrival for `quietAfterMilliseconds`.
    private static let burstMilliseconds: Int64 = 600_000

    /// - Parameters:
    ///   - times: the last arrivals, newest first.
    ///   - lastReceivedAt: the last arrival, including repeats.
    package init(source: String, times: [Timestamp], lastReceivedAt: Timestamp) {
        self.source = source
        self.lastReceivedAt = lastReceivedAt
        let gaps = zip(times, times.dropFirst()).map { max(0, $0.milliseconds(since: $1)) }.sorted()
        usualGapMilliseconds = gaps.count >= Self.gapCountNeeded ? gaps[gaps.count / 2] : nil
        let windowCount = Set(times.map { $0.millisecondsSinceEpoch / Self.burstMilliseconds }).count
        // The longest gap may be an outage; a silence like the second longest is usual.
        quietAfterMilliseconds = usualGapMilliseconds.flatMap { usual in
            windowCount > Self.gapCountNeeded
                ? max(
                    Self.burstMilliseconds, usual.multipliedReportingOverflow(by: 10).partialValue, gaps[gaps.count - 2]
                )
                : nil
        }
    }

    /// The time since the last arrival, in milliseconds.
    package func silence(at now: Timestamp) -> Int64 {
        max(0, now.milliseconds(since: lastReceivedAt))
    }

    /// True if the silence is longer than ten minutes, ten times the usual gap and all gaps but the longest. Never true
    /// after a single burst, whose gaps are not usual ones.
    package func isQuiet(at now: Timestamp) -> Bool {
        quietAfterMilliseconds.map { silence(at: now) > $0 } ?? false
    }
}

extension ArchiveReader {
    /// The number of deliveries whose gaps are measured.
    package static let rhythmSampleCount = 500

    /// The rhythm of a source; nil if it has no reports that match the filter's categories.
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
