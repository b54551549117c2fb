package import Deliveries
package import Replay
package import ReportIndex

/// The settings of a relay: the deliveries that it forwards, and the responses that it expects.
package struct RelaySettings: Sendable {
    package enum Start: Sendable, Equatable {
        /// Start with deliveries that are committed from now on.
        case now
        case since(Timestamp)
        /// Continue after the last delivery that a relay with this name has finished.
        case resumed
    }

    package var filter = ReportFilter()
    package var start = Start.now
    /// The name of the relay. Each name has its own position.
    package var name = "default"
    package var expected = ExpectedStatuses.success
    /// The maximum number of deliveries; nil for all.
    package var limit: Int?
    /// The time between reads if commits are not announced. A read without new entries takes about 30 µs.
    package var interval: Duration = .milliseconds(3)
    /// The time without a delivery after which the relay ends; nil if it never ends.
    package var idle: Duration?

    package init() {}

    /// True for 1 to 40 characters from `a` to `z`, `0` to `9`, `-` and `_`. Other characters are not allowed, because
    /// the name is part of a file name.
    package static func isName(_ text: String) -> Bool {
        (1...40).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                    UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }

    /// False for fetched deliveries and for deliveries that failed verification, unless the filter selects
    /// verifications. A provider would not send such deliveries to a target.
    func includes(_ verification: Verification) -> Bool {
        !filter.verifications.isEmpty || [.verified, .unverified].contains(verification)
    }
}

/// An event that a relay shows to the user.
package enum RelayEvent: Sendable, Equatable {
    /// The target responded and accepted or rejected the delivery.
    case forwarded(RelayedDelivery, status: Int, isAccepted: Bool, milliseconds: Int64)
    /// The target is down or busy. After `wait`, the delivery is sent again before any other delivery.
    case retrying(RelayedDelivery, cause: String, wait: Duration)
    /// The delivery cannot be sent. The relay continues with the next delivery.
    case skipped(RelayedDelivery, cause: String)
    case note(RelayNote)
}

package struct RelayedDelivery: Sendable, Equatable {
    package let id: DeliveryID
    package let source: String
    package let receivedAt: Timestamp
    package let byteCount: Int
    /// The number of the attempt, from 1; 0 if the delivery was not sent.
    package let attempt: Int
}

package enum RelayNote: Sendable, Equatable {
    case waiting(archivePath: String)
    case archiveReplaced
    case noPosition, positionIsOfAnotherArchive, unreadablePosition
    case positionNotWritten(path: String)
    /// A rejected delivery was not recorded, so `replay --failed` does not find it.
    case notRecorded(reason: String)
}

/// The pauses between attempts while a target is down. Each pause is twice as long as the previous pause, up to a
/// limit.
package struct RelayBackoff: Sendable, Equatable {
    package var first: Duration = .milliseconds(500)
    package var longest: Duration = .seconds(30)

    package init() {}

    /// - Parameter attempt: the number of attempts so far, from 1.
    func wait(after attempt: Int) -> Duration {
        min(longest, first * (1 << min(max(attempt - 1, 0), 16)))
    }
}
