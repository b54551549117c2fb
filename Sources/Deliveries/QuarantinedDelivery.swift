/// A delivery that nothing proved: kept for a while so that a mistake of ours can be mended, trusted in nothing.
///
/// It is no `SealedDelivery`, so that it cannot be committed to the journal by mistake.
package struct QuarantinedDelivery: Sendable {
    package let uuid: UUIDv7
    package let source: String
    package let request: InboundRequest
    /// `failed` or `expired`.
    package let verification: Verification
    /// Why, in a few words of ours.
    package let reason: String
    /// SHA-256 of the body, 32 bytes.
    package let bodySHA256: [UInt8]

    package init(
        uuid: UUIDv7, source: String, request: InboundRequest, verification: Verification, reason: String,
        bodySHA256: [UInt8]
    ) {
        self.uuid = uuid
        self.source = source
        self.request = request
        self.verification = verification
        self.reason = reason
        self.bodySHA256 = bodySHA256
    }
}

/// What the quarantine may hold. The oldest go first; nothing in it is ever acknowledged.
package struct QuarantineLimits: Sendable, Equatable {
    package var count = 10_000
    /// Everything stored: bodies, headers and the rest of each row.
    package var byteCount = 256 * 1024 * 1024
    package var age: Duration = .seconds(30 * 86_400)

    package init() {}
}
