internal import Deliveries
internal import Foundation
internal import GRDB
internal import Journal

/// How far the index may fall behind the journal while deliveries arrive faster than they can be dealt with one by one.
package struct IndexLag: Sendable, Equatable {
    /// Entries.
    package var count = 250_000
    /// Since the oldest of them was recorded.
    package var age: Duration = .seconds(20)

    package init() {}

    /// Measured against the machine's clock, as arrivals are.
    func isExceeded(count: Int64, oldest: Timestamp?) -> Bool {
        guard let oldest else { return false }
        let now = Timestamp(millisecondsSinceEpoch: Int64(Date().timeIntervalSince1970 * 1000))
        return count > self.count || now.milliseconds(since: oldest) > age.components.seconds * 1000
    }
}
