package import Deliveries
internal import Foundation

/// The time, and waiting: both can be replaced, so that tests wait for nothing.
package struct CallClock: Sendable {
    package typealias Sleep = @Sendable (Duration) async throws(CancellationError) -> Void

    package let now: @Sendable () -> Timestamp
    package let sleep: Sleep

    package init(now: @escaping @Sendable () -> Timestamp, sleep: @escaping Sleep) {
        self.now = now
        self.sleep = sleep
    }

    /// The machine's own.
    package static let system = CallClock(
        now: { Timestamp(millisecondsSinceEpoch: Int64(Date().timeIntervalSince1970 * 1000)) },
        sleep: { duration async throws(CancellationError) in
            do {
                try await Task.sleep(for: duration)
            } catch {
                throw CancellationError()
            }
        })
}
