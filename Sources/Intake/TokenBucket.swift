internal import Deliveries

/// The tokens per second, and the capacity of a bucket.
package struct Rate: Sendable, Equatable {
    package let perSecond: Int64
    package let burst: Int64

    package init(perSecond: Int64, burst: Int64) {
        self.perSecond = max(1, perSecond)
        self.burst = max(1, burst)
    }
}

/// A token bucket. Accepts a time that is earlier than the previous time, because the times are from several threads
/// and the clock may be set back.
struct TokenBucket: Sendable {
    /// The maximum difference between a thread's time and an earlier call's time. A larger difference means that the
    /// clock was set back.
    private static let backwardLimitMilliseconds: Int64 = 1000

    /// The tokens in thousandths: a rate of one token per second is then one unit per millisecond.
    private var thousandths: Int64
    private var filledAt: Timestamp

    /// A full bucket.
    init(_ rate: Rate, at now: Timestamp) {
        self.thousandths = 1000 * rate.burst
        self.filledAt = now
    }

    /// Takes `cost` tokens. If there are too few, takes none and returns false. A cost above the burst counts as the
    /// burst.
    mutating func take(_ cost: Int64, of rate: Rate, at now: Timestamp) -> Bool {
        fill(rate, at: now)
        let price = 1000 * min(cost, rate.burst)
        guard thousandths >= price else { return false }
        thousandths -= price
        return true
    }

    private mutating func fill(_ rate: Rate, at now: Timestamp) {
        let elapsed = now.milliseconds(since: filledAt)
        if elapsed > 0 {
            let capacity = 1000 * rate.burst
            let fillTime = capacity / rate.perSecond + 1
            thousandths = min(capacity, thousandths + rate.perSecond * min(elapsed, fillTime))
            filledAt = now
        } else if elapsed < -Self.backwardLimitMilliseconds {
            filledAt = now
        }
    }
}
