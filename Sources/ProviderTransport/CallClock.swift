package import Deliveries
internal import Foundation
internal import Synchronization

/// The current time and the sleep function. Tests replace both, so they do not wait.
package struct CallClock: Sendable {
    package typealias Sleep = @Sendable (Duration) async throws(CancellationError) -> Void

    package let now: @Sendable () -> Timestamp
    package let sleep: Sleep

    package init(now: @escaping @Sendable () -> Timestamp, sleep: @escaping Sleep) {
        self.now = now
        self.sleep = sleep
    }

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

/// Adds randomness to waits, so callers that failed together do not retry together.
package final class Jitter: Sendable {
    private let generator: Mutex<any RandomNumberGenerator & Sendable>

    package init(_ generator: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()) {
        self.generator = Mutex(generator)
    }

    /// A random number, at least 0 and less than 1.
    func next() -> Double {
        generator.withLock { generator in
            let bits = generator.next() >> 11
            return Double(bits) / Double(UInt64(1) << 53)
        }
    }
}
