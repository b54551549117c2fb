import Deliveries
import TestKit

extension SealedDelivery {
    /// A delivery as intake seals it, its body raw. The journal takes each UUID once, so several deliveries need seeds.
    init(_ delivery: ArchivedDelivery, seed: UInt64? = nil) {
        let request = delivery.request
        let head = DeliveryHead(of: request).text
        var uuid = delivery.uuid
        if let seed {
            var generator = SplitMix64(seed: seed)
            uuid = UUIDv7(at: request.receivedAt, using: &generator)
        }
        self.init(
            uuid: uuid, source: delivery.source, receivedAt: request.receivedAt, verification: delivery.verification,
            secretName: delivery.secretName, head: SealedHead(storedBytes: head, sha256: .sha256(of: head)),
            body: SealedBody(
                encoding: .raw, storedBytes: request.body, byteCount: request.body.count,
                sha256: .sha256(of: request.body)),
            headSalt: .saltFixture, bodySalt: .saltFixture)
    }
}
