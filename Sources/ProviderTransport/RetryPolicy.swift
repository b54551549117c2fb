internal import Deliveries

package struct RetryPolicy: Sendable, Equatable {
    /// Attempts, the first included.
    package var tries = 3
    package var firstWait = Duration.milliseconds(500)
    /// A longer wait that a provider asks for fails the call.
    package var longestAdvisedWait = Duration.seconds(60)

    package init() {}

    /// Doubles after each failure; jitter adds up to half.
    func wait(after failures: Int, jitter: Double) -> Duration {
        firstWait * Double(1 << min(max(failures, 1) - 1, 20)) * (1 + jitter / 2)
    }
}

/// `Retry-After` (RFC 9110 §10.2.3).
enum RetryAfter {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Reads seconds and `Sat, 21 Nov 2026 10:00:01 GMT`; nil for other texts, zero for a past time.
    static func wait(_ text: String, at now: Timestamp) -> Duration? {
        if let seconds = DecimalText.nonNegative(Array(text.utf8)) { return .seconds(seconds) }
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", let month = months.firstIndex(of: String(parts[2])) else {
            return nil
        }
        let number = month + 1 < 10 ? "0\(month + 1)" : "\(month + 1)"
        guard let moment = Timestamp(rfc3339: "\(parts[3])-\(number)-\(parts[1])T\(parts[4])Z".utf8) else { return nil }
        return .milliseconds(max(0, moment.milliseconds(since: now)))
    }
}
