/// A delivery of the journal. The body is decompressed and was checked against its length and SHA-256.
package struct ArchivedDelivery: Sendable {
    package let id: DeliveryID
    package let uuid: UUIDv7
    package let source: String
    package let request: InboundRequest
    package let verification: Verification
    package let secretName: String?
    /// The SHA-256 of the body, 32 bytes.
    package let bodySHA256: [UInt8]

    package init(
        id: DeliveryID, uuid: UUIDv7, source: String, request: InboundRequest, verification: Verification,
        secretName: String?, bodySHA256: [UInt8]
    ) {
        self.id = id
        self.uuid = uuid
        self.source = source
        self.request = request
        self.verification = verification
        self.secretName = secretName
        self.bodySHA256 = bodySHA256
    }
}
