internal import Crypto
package import Deliveries
internal import TestKit

extension QuarantinedDelivery {
    /// A rejected delivery with defaults for all properties, so tests pass only relevant properties.
    package static func fixture(
        uuid: UUIDv7 = .fixture, source: String = "klavi", target: String = "/klavi", body: String = #"{"a":1}"#,
        receivedAt: Timestamp = .fixture, verification: Verification = .failed, reason: String = "no signature header"
    ) -> QuarantinedDelivery {
        fixture(
            request: .fixture(target: target, body: body, receivedAt: receivedAt), uuid: uuid, source: source,
            verification: verification, reason: reason)
    }

    /// A rejected delivery of this request, with defaults for all other properties.
    package static func fixture(
        request: InboundRequest, uuid: UUIDv7 = .fixture, source: String = "klavi",
        verification: Verification = .failed,
        reason: String = "no signature header"
    ) -> QuarantinedDelivery {
        QuarantinedDelivery(
            uuid: uuid, source: source, request: request, verification: verification, reason: reason,
            bodySHA256: Array(SHA256.hash(data: request.body)))
    }
}
