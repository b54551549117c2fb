internal import Deliveries

/// How often and how soon a request is sent again.
package struct RetryPolicy: Sendable, Equatable {
    /// Tries in all, the first included.
    package var tries = 3
    package var firstWait = Duration.milliseconds(500)
    /// A provider that asks for a longer wait is reported instead of waited for.
    package var longestAdvisedWait = Duration.seconds(60)

    package init() {}

    /// The wait after `failures` failed tries: doubling, and up to half as long again.
    func wait(after failures: Int, jitter: Double) -> Duration {
        firstWait * Double(1 << min(max(failures, 1) - 1, 20)) * (1 + jitter / 2)
    }
}

/// The waiting time of a `Retry-After` header (RFC 9110 §10.2.3).
enum RetryAfter {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Reads seconds and `Sat, 21 Nov 2026 10:00:01 GMT`; nil for anything else. A time that has passed is no wait.
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
