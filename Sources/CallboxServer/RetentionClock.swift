internal import CallboxConfiguration
internal import Deliveries

/// Decides whether retention may rely on the wall clock, which can be wrong when a machine starts. Two conditions must
/// be true: the wall clock advanced like the monotonic clock, and at the start it was close to the time of the newest
/// entry.
struct RetentionClock {
    /// The maximum difference between the wall clock and the monotonic clock. NTP corrections are smaller.
    private static let tolerance: Duration = .seconds(300)
    /// The maximum time between the newest entry and the start of the server.
    private static let startTolerance: Duration = .seconds(86_400)
    private static let quarantineTime: Duration = .seconds(86_400)

    private var lastWall: Timestamp
    private var last: ContinuousClock.Instant
    private var suspectUntil: ContinuousClock.Instant?

    /// - Parameter newest: the time of the newest entry; nil for an empty archive.
    init(now: Timestamp, newest: Timestamp? = nil, at instant: ContinuousClock.Instant = .now) {
        lastWall = now
        last = instant
        guard let newest else { return }
        let age = now.milliseconds(since: newest)
        if age > Self.startTolerance.milliseconds || age < -Self.tolerance.milliseconds {
            suspectUntil = instant + Self.quarantineTime
        }
    }

    /// False for a day after a jump of the wall clock, or after a start at an implausible time.
    mutating func isPlausible(at now: Timestamp, _ instant: ContinuousClock.Instant = .now) -> Bool {
        let elapsed = last.duration(to: instant)
        let (drift, isTooFar) = now.milliseconds(since: lastWall).subtractingReportingOverflow(elapsed.milliseconds)
        if isTooFar || drift.magnitude > UInt64(Self.tolerance.milliseconds) {
            suspectUntil = instant + Self.quarantineTime
        }
        (lastWall, last) = (now, instant)
        guard let suspectUntil else { return true }
        return instant >= suspectUntil
    }
}
