package import Deliveries

/// A delivery was released from the quarantine into the journal.
package struct ReleaseRecord: Sendable, Equatable, Codable {
    /// The UUID of the delivery, which is the previous entry in the journal.
    package let delivery: UUIDv7
    /// The delivery's ID in the quarantine.
    package let quarantineID: Int64
    /// The verification result on arrival: `failed` or `expired`.
    package let verification: Verification
    /// The reason of the rejection.
    package let reason: String
    /// A person's reason for releasing an unverified delivery. Nil if the delivery was verified.
    package let forcedBecause: String?

    package init(
        delivery: UUIDv7, quarantineID: Int64, verification: Verification, reason: String, forcedBecause: String?
    ) {
        self.delivery = delivery
        self.quarantineID = quarantineID
        self.verification = verification
        self.reason = reason
        self.forcedBecause = forcedBecause
    }
}
