package import Deliveries

/// The usual interval between the deliveries of a source, computed from its last deliveries.
package struct SourceRhythm: Sendable, Equatable {
    /// The minimum number of gaps that the computation of the usual gap requires.
    private static let gapCountNeeded = 5

    package let source: String
    package let lastReceivedAt: Timestamp
    /// The median gap between deliveries, in milliseconds; nil if there are too few gaps.
    package let usualGapMilliseconds: Int64?
    /// The silence after which the source is quiet, in milliseconds; nil if there are too few deliveries to decide.
    private let quietAfterMilliseconds: Int64?
    /// The window within which deliveries count as one burst when `quietAfterMilliseconds` is computed.
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
        // Ignores the longest gap, which may be an outage. A silence as long as the second longest gap is usual.
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

    /// True if the silence is longer than ten minutes, ten times the usual gap, and all gaps except the longest. Never
    /// true after a single burst, because gaps within a burst are not typical.
    package func isQuiet(at now: Timestamp) -> Bool {
        quietAfterMilliseconds.map { silence(at: now) > $0 } ?? false
    }
}

extension ArchiveReader {
    /// The number of deliveries from which a rhythm is computed.
    package static let rhythmSampleCount = 500

    /// The rhythm of a source; nil if no report of the source matches the filter's categories.
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
