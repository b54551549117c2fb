package import Deliveries

/// A legal hold was placed. The deliveries that it covers are not pruned until the hold is released.
package struct HoldRecord: Sendable, Equatable, Codable {
    package enum Subject: Sendable, Equatable, Codable {
        case delivery(DeliveryID)
        /// All deliveries, including later deliveries, that have a report with exactly this field, byte for byte.
        case field(ReportField)
    }

    package let subject: Subject
    package let reason: String

    package init(subject: Subject, reason: String) {
        self.subject = subject
        self.reason = reason
    }
}

package struct HoldReleaseRecord: Sendable, Equatable, Codable {
    /// The position of the `HoldRecord`.
    package let hold: Int64

    package init(hold: Int64) {
        self.hold = hold
    }
}
