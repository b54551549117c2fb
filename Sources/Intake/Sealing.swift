internal import BodyCompression
internal import Crypto
internal import Deliveries

/// Turns a delivery into what the journal stores: an identifier, a digest, the body compressed where that makes it smaller.
struct Sealing: Sendable {
    let compressor: ZlibCompressor

    func callAsFunction(_ delivery: AuthenticDelivery) -> SealedDelivery {
        let request = delivery.request
        var generator = SystemRandomNumberGenerator()
        return SealedDelivery(
            uuid: UUIDv7(at: request.receivedAt, using: &generator), source: delivery.source,
            receivedAt: request.receivedAt, method: request.method, target: request.target.text,
            headers: request.headers,
            peer: request.peer, verification: delivery.verification, secretName: delivery.secretName,
            body: sealBody(request.body))
    }

    private func sealBody(_ body: [UInt8]) -> SealedBody {
        let compressed = compressor.compress(body)
        return SealedBody(
            encoding: compressed == nil ? .raw : .zlib, storedBytes: compressed ?? body, byteCount: body.count,
            sha256: Array(SHA256.hash(data: body)))
    }
}
