/// How often and how soon a call is tried again.
package struct RetryPolicy: Sendable, Equatable {
    /// Tries in all, the first included.
    package var tries = 3
    package var firstWait = Duration.milliseconds(500)
    /// What a provider may ask to wait at most; it is told instead of waited for when it asks for more.
    package var longestAdvisedWait = Duration.seconds(60)

    package init() {}

    /// The wait after `failures` failed tries: doubling, and up to half as long again.
    func wait(after failures: Int, jitter: Double) -> Duration {
        firstWait * Double(1 << min(max(failures, 1) - 1, 20)) * (1 + jitter / 2)
    }
}
