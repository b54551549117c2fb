package import Deliveries
import StrictJSON
import TestKit

extension ArchivedDelivery {
    /// Delivery 42, with defaults for all properties.
    package static func fixture(
        source: String = "klavi", request: InboundRequest = .fixture(), verification: Verification = .verified,
        secretName: String? = "primary", bodySHA256: [UInt8] = .digestFixture
    ) -> ArchivedDelivery {
        var generator = SplitMix64(seed: 1)
        return ArchivedDelivery(
            id: DeliveryID(rawValue: 42), uuid: UUIDv7(at: .fixture, using: &generator), source: source,
            request: request, verification: verification, secretName: secretName, bodySHA256: bodySHA256)
    }

    /// A sample as delivery 42.
    package static func sample(_ name: String) -> ArchivedDelivery {
        let sample = Sample.named(name)
        let expected = sample.expected.root
        let verification = expected["verification"]?.string.flatMap(Verification.init) ?? .unverified
        return .fixture(
            source: expected["source"]?.string ?? "", request: sample.request, verification: verification,
            secretName: verification == .verified ? "primary" : nil,
            bodySHA256: expected["bodySHA256"]?.string.flatMap { Hex.decode($0.utf8) } ?? [])
    }
}
