internal import CallboxConfiguration
internal import Deliveries

/// Decides whether retention may rely on the wall clock: only if it advanced as the monotonic clock did, and if it was not far
/// from the newest entry at the start. A machine can start with any time.
struct RetentionClock {
    /// Largest difference between the clocks: NTP corrects less than this.
    private static let tolerance: Duration = .seconds(300)
    /// How long after the newest entry a server may start.
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

    /// After a jump or a start at a doubtful time, false for a day.
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
