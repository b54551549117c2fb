package import BodyCompression
internal import Crypto
package import Deliveries
internal import Providers

/// Turns a delivery into what the journal stores: an identifier, a digest, the body compressed where that makes it smaller.
package struct Sealing: Sendable {
    private let compressor: ZlibCompressor

    package init(compressor: ZlibCompressor) {
        self.compressor = compressor
    }

    /// - Parameter uuid: the identifier that the delivery has already; nil for one that has just arrived.
    package func callAsFunction(_ delivery: AuthenticDelivery, uuid: UUIDv7? = nil) -> SealedDelivery {
        let request = delivery.request
        var generator = SystemRandomNumberGenerator()
        return SealedDelivery(
            uuid: uuid ?? UUIDv7(at: request.receivedAt, using: &generator), source: delivery.source,
            receivedAt: request.receivedAt, method: request.method, target: request.target.text,
            headers: request.headers,
            peer: request.peer, verification: delivery.verification, secretName: delivery.secretName,
            body: sealBody(request.body))
    }

    /// What is kept of a refused delivery: uncompressed, so that a flood of them costs little.
    func quarantined(
        _ request: InboundRequest, at source: Source, _ verification: Verification, reason: String
    ) -> QuarantinedDelivery {
        var generator = SystemRandomNumberGenerator()
        return QuarantinedDelivery(
            uuid: UUIDv7(at: request.receivedAt, using: &generator), source: source.name, request: request,
            verification: verification, reason: reason, bodySHA256: Array(SHA256.hash(data: request.body)))
    }

    private func sealBody(_ body: [UInt8]) -> SealedBody {
        let compressed = compressor.compress(body)
        return SealedBody(
            encoding: compressed == nil ? .raw : .zlib, storedBytes: compressed ?? body, byteCount: body.count,
            sha256: Array(SHA256.hash(data: body)))
    }
}
