package import Deliveries

/// A legal hold was placed: what it covers is not pruned until it is released.
package struct HoldRecord: Sendable, Equatable, Codable {
    /// What a hold covers.
    package enum Subject: Sendable, Equatable, Codable {
        case delivery(DeliveryID)
        /// Every delivery with a report that has this field, byte for byte, also later ones.
        case field(ReportField)
    }

    package let subject: Subject
    package let reason: String

    package init(subject: Subject, reason: String) {
        self.subject = subject
        self.reason = reason
    }
}

/// A legal hold was released.
package struct HoldReleaseRecord: Sendable, Equatable, Codable {
    /// The position of the record that placed it.
    package let hold: Int64

    package init(hold: Int64) {
        self.hold = hold
    }
}
