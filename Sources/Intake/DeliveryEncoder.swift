package import BodyCompression
internal import Crypto
package import Deliveries
internal import Providers

/// Converts a delivery to a row of the journal: an identifier, digests, the head and the body. Compresses head and body
/// if that makes them smaller.
package struct DeliveryEncoder: Sendable {
    /// Chooses the compressor for a body of a source.
    package typealias ChooseCompressor = @Sendable (_ source: String, _ body: [UInt8]) -> any BodyCompressor

    private let compressor: ChooseCompressor

    package init(compressor: @escaping ChooseCompressor) {
        self.compressor = compressor
    }

    package init(compressor: any BodyCompressor) {
        self.init { _, _ in compressor }
    }

    /// - Parameter uuid: the UUID of an imported delivery; nil to create a UUID.
    package func callAsFunction(_ delivery: AuthenticDelivery, uuid: UUIDv7? = nil) -> EncodedDelivery {
        let request = delivery.request
        var generator = SecureRandom()
        return EncodedDelivery(
            uuid: uuid ?? UUIDv7(at: request.receivedAt, using: &generator), source: delivery.source,
            receivedAt: request.receivedAt, verification: delivery.verification, secretName: delivery.secretName,
            head: encodeHead(RequestHead(of: request)), body: encodeBody(request.body, from: delivery.source),
            salt: SecureRandom.bytes(EncodedDelivery.saltByteCount), isUnproved: delivery.isUnproved)
    }

    /// Encodes a rejected delivery without compression, so a flood of rejected deliveries takes little time.
    func quarantined(
        _ request: InboundRequest, at source: Source, _ verification: Verification, reason: String
    ) -> QuarantinedDelivery {
        var generator = SecureRandom()
        return QuarantinedDelivery(
            uuid: UUIDv7(at: request.receivedAt, using: &generator), source: source.name, request: request,
            verification: verification, reason: reason, bodySHA256: Array(SHA256.hash(data: request.body)))
    }

    private func encodeHead(_ head: RequestHead) -> EncodedHead {
        let text = head.text
        return EncodedHead(
            storedBytes: HeadCompression.encode(text), sha256: Array(SHA256.hash(data: text)))
    }

    private func encodeBody(_ body: [UInt8], from source: String) -> EncodedBody {
        let compressed = compressor(source, body).compress(body)
        return EncodedBody(
            encoding: compressed == nil ? .raw : .zlib, storedBytes: compressed ?? body, byteCount: body.count,
            sha256: Array(SHA256.hash(data: body)))
    }
}
