package import Deliveries

/// What became of a request, for logs and counters. Holds numbers, names and digests, nothing of what was sent.
package enum IntakeEvent: Sendable {
    case archived(Arrival)
    /// Answered without archiving: a connectivity test, a challenge.
    case handshake(source: String, event: String, status: Int)
    case rejected(source: String, status: Int, reason: String)
    /// A rejected delivery was not kept in the quarantine because too many arrive.
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

        init(_ id: DeliveryID, _ encoded: EncodedDelivery) {
            self.id = id
            self.source = encoded.source
            self.verification = encoded.verification
            self.secretName = encoded.secretName
            self.bodyByteCount = encoded.body.byteCount
            self.storedByteCount = encoded.body.storedBytes.count
            self.bodySHA256 = encoded.body.sha256
        }
    }
}
