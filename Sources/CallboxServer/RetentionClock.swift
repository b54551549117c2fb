internal import CallboxConfiguration
internal import Deliveries

/// Decides whether retention may rely on the wall clock: only if it advanced as the monotonic clock did.
struct RetentionClock {
    /// Largest difference between the clocks: NTP corrects less than this.
    private static let tolerance: Duration = .seconds(300)
    private static let quarantineTime: Duration = .seconds(86_400)

    private var lastWall: Timestamp
    private var last: ContinuousClock.Instant
    private var suspectUntil: ContinuousClock.Instant?

    init(now: Timestamp, at instant: ContinuousClock.Instant = .now) {
        lastWall = now
        last = instant
    }

    /// After a jump, false for a day.
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
