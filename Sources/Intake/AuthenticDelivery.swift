package import Deliveries
package import Providers

/// A request that may be archived, with the name of what proved its sender. Only the functions of this file make one.
package struct AuthenticDelivery: Sendable {
    package let request: InboundRequest
    package let source: String
    package let verification: Verification
    package let secretName: String?

    private init(_ request: InboundRequest, source: String, verification: Verification, secretName: String?) {
        self.request = request
        self.source = source
        self.verification = verification
        self.secretName = secretName
    }

    /// How authentication ended.
    package enum Outcome: Sendable {
        case authentic(AuthenticDelivery)
        /// `reason` is for the log; the sender is not told.
        case refused(reason: String)
    }

    /// Checks a provider's delivery by its source's policy.
    package static func authenticate(_ request: InboundRequest, at source: Source) -> Outcome {
        switch source.originPolicy {
        case .unchecked:
            return .authentic(
                AuthenticDelivery(request, source: source.name, verification: .unattempted, secretName: nil))
        case .required(let secrets, let toleranceMilliseconds):
            let check = source.provider.verify(request, with: secrets, toleranceMilliseconds: toleranceMilliseconds)
            switch check {
            case .verified(let secretName):
                return .authentic(
                    AuthenticDelivery(request, source: source.name, verification: .verified, secretName: secretName))
            case .stale(_, let milliseconds):
                return .refused(reason: "signature time is \(milliseconds / 1000) s off")
            case .failed(let reason):
                return .refused(reason: reason.rawValue)
            }
        }
    }

    /// A browser's visit: nobody signs those, so it is kept as a hint that proves nothing.
    init(visit request: InboundRequest, at source: Source) {
        self.init(request, source: source.name, verification: .unattempted, secretName: nil)
    }
}
