/// A delivery that is being imported into an archive.
package struct ImportedDelivery: Equatable, Sendable {
    package let uuid: UUIDv7
    package let source: String
    package let receivedAt: Timestamp
    package let method: String
    package let target: String
    package let peer: String
    package let headers: HeaderFields
    package let body: [UInt8]
    /// The verification that the file claims. Callbox does not trust this value.
    package let claimed: Verification

    package var request: InboundRequest {
        InboundRequest(
            method: method, target: RequestTarget(target), headers: headers, body: body, peer: peer,
            receivedAt: receivedAt)
    }

    package init(
        uuid: UUIDv7, source: String, receivedAt: Timestamp, method: String, target: String, peer: String,
        headers: HeaderFields, body: [UInt8], claimed: Verification
    ) {
        self.uuid = uuid
        self.source = source
        self.receivedAt = receivedAt
        self.method = method
        self.target = target
        self.peer = peer
        self.headers = headers
        self.body = body
        self.claimed = claimed
    }

    /// The approximate memory in bytes.
    package var byteCount: Int { 512 + body.count }
}
