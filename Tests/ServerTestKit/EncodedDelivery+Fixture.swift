package import Deliveries
import TestKit

extension EncodedDelivery {
    /// A delivery as intake produces it, with an uncompressed body. Different deliveries need different seeds, because
    /// the journal rejects equal UUIDs.
    package init(_ delivery: ArchivedDelivery, seed: UInt64? = nil) {
        let request = delivery.request
        let head = RequestHead(of: request).text
        var uuid = delivery.uuid
        if let seed {
            var generator = SplitMix64(seed: seed)
            uuid = UUIDv7(at: request.receivedAt, using: &generator)
        }
        self.init(
            uuid: uuid, source: delivery.source, receivedAt: request.receivedAt, verification: delivery.verification,
            secretName: delivery.secretName, head: EncodedHead(storedBytes: head, sha256: .sha256(of: head)),
            body: EncodedBody(
                encoding: .raw, storedBytes: request.body, byteCount: request.body.count,
                sha256: .sha256(of: request.body)),
            salt: .saltFixture)
    }
}
