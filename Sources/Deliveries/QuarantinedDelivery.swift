/// A rejected delivery. It is stored for a limited time, because the cause may be a mistake in the configuration.
///
/// This type is not an `EncodedDelivery`, so it cannot be committed to the journal by mistake.
package struct QuarantinedDelivery: Sendable {
    package let uuid: UUIDv7
    package let source: String
    package let request: InboundRequest
    /// Either `failed` or `expired`.
    package let verification: Verification
    package let reason: String
    /// The SHA-256 of the body, 32 bytes.
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

/// The limits of the quarantine. Beyond a limit, the oldest deliveries are deleted first.
package struct QuarantineLimits: Sendable, Equatable {
    package var count = 10_000
    /// The maximum total of stored bytes: bodies, headers and the overhead of rows.
    package var byteCount = 256 * 1024 * 1024
    package var age: Duration = .seconds(30 * 86_400)

    package init() {}
}
