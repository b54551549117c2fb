import Deliveries
import TestKit

extension ArchivedDelivery {
    /// A delivery that asks for `request`, with a default for everything.
    static func fixture(
        method: String = "POST", target: String = "/klavi", headers: HeaderFields = [], body: String = #"{"a":1}"#
    ) -> ArchivedDelivery {
        var generator = SplitMix64(seed: 1)
        return ArchivedDelivery(
            id: DeliveryID(rawValue: 42), uuid: UUIDv7(at: .fixture, using: &generator), source: "klavi",
            request: .fixture(method: method, target: target, headers: headers, body: body), verification: .verified,
            secretName: "primary", bodySHA256: [])
    }
}
