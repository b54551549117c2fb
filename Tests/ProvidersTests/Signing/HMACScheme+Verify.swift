import Deliveries
import Providers
import StrictJSON

extension GenericProvider {
    /// A provider of which only the scheme matters.
    init(_ scheme: HMACScheme) {
        guard let type = JSONPath("$.type") else { fatalError("$.type is a path") }
        self.init(name: "generic", scheme: scheme, reading: GenericReading(type: .body(type)))
    }
}

extension HMACScheme {
    /// What a configured provider with this scheme finds.
    func verify(_ request: InboundRequest, with secrets: [Secret], toleranceMilliseconds: Int64) -> OriginCheck {
        GenericProvider(self).verify(request, with: secrets, toleranceMilliseconds: toleranceMilliseconds)
    }
}
