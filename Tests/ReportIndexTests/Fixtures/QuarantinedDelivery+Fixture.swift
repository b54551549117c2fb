import Crypto
import Deliveries
import TestKit

extension QuarantinedDelivery {
    /// A refused delivery with a default for everything, so that each argument of a test matters.
    static func fixture(
        uuid: UUIDv7 = .fixture, source: String = "klavi", target: String = "/klavi", body: String = #"{"a":1}"#,
        receivedAt: Timestamp = .fixture, verification: Verification = .failed, reason: String = "no signature header"
    ) -> QuarantinedDelivery {
        let request = InboundRequest.fixture(target: target, body: body, receivedAt: receivedAt)
        return QuarantinedDelivery(
            uuid: uuid, source: source, request: request, verification: verification, reason: reason,
            bodySHA256: Array(SHA256.hash(data: request.body)))
    }
}
