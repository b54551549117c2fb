internal import Deliveries
internal import TextForms

package struct RetryPolicy: Sendable, Equatable {
    /// The maximum number of attempts, including the first attempt.
    package var tries = 3
    package var firstWait = Duration.milliseconds(500)
    /// The maximum wait that a provider may request. If the provider requests more, the call fails.
    package var longestAdvisedWait = Duration.seconds(60)

    package init() {}

    /// The wait after a number of failures. The wait doubles with each failure, and jitter adds up to half of the wait.
    func wait(after failures: Int, jitter: Double) -> Duration {
        firstWait * Double(1 << min(max(failures, 1) - 1, 20)) * (1 + jitter / 2)
    }
}

/// The value of the `Retry-After` header (RFC 9110 §10.2.3).
enum RetryAfter {
    /// Parses seconds or a date. Nil for other strings; zero for a past time.
    static func wait(_ text: String, at now: Timestamp) -> Duration? {
        if let seconds = DecimalText.nonNegative(Array(text.utf8)) { return .seconds(seconds) }
        return TimeText.httpDate(text).map { .milliseconds(max(0, $0.milliseconds(since: now))) }
    }
}
