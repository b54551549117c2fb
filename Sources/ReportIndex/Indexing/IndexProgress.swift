internal import Foundation

/// The last indexed position, for threads that wait until a position is indexed.
///
/// `@unchecked Sendable`: `condition` guards `lastPosition`.
final class IndexProgress: @unchecked Sendable {
    private let condition = NSCondition()
    private var lastPosition: Int64 = 0

    var position: Int64 {
        condition.withLock { lastPosition }
    }

    func advance(to position: Int64) {
        condition.withLock {
            lastPosition = max(lastPosition, position)
            condition.broadcast()
        }
    }

    /// Returns false if the position is not indexed within `limit`. Blocks.
    func wait(for position: Int64, limit: Duration) -> Bool {
        let end = Date(timeIntervalSinceNow: limit / .seconds(1))
        return condition.withLock {
            while lastPosition < position {
                guard condition.wait(until: end) else { break }
            }
            return lastPosition >= position
        }
    }
}
