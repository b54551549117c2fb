package import Deliveries

/// What became of a request, for logs and counters. Holds numbers, names and digests, nothing of what was sent.
package enum IntakeEvent: Sendable {
    case archived(Arrival)
    /// Answered without archiving: a connectivity test, a challenge.
    case greeted(source: String, event: String, status: Int)
    case refused(source: String, status: Int, reason: String)
    /// A refused delivery was not kept in the quarantine because too many arrive.
    case notQuarantined(source: String)
    case unknownPath

    /// A delivery that was archived.
    package struct Arrival: Sendable {
        package let id: DeliveryID
        package let source: String
        package let verification: Verification
        package let secretName: String?
        package let bodyByteCount: Int
        package let storedByteCount: Int
        package let bodySHA256: [UInt8]

        init(_ id: DeliveryID, _ sealed: SealedDelivery) {
            self.id = id
            self.source = sealed.source
            self.verification = sealed.verification
            self.secretName = sealed.secretName
            self.bodyByteCount = sealed.body.byteCount
            self.storedByteCount = sealed.body.storedBytes.count
            self.bodySHA256 = sealed.body.sha256
        }
    }
}
