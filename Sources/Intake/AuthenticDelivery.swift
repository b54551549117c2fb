package import Deliveries
package import Providers

/// A request that may be archived, with the name of the secret that proved its sender. Only this file creates it.
package struct AuthenticDelivery: Sendable {
    package let request: InboundRequest
    package let source: String
    package let verification: Verification
    package let secretName: String?
    /// True for a browser redirect that nothing in the archive refers to.
    package let isUnproved: Bool

    private init(
        _ request: InboundRequest, source: String, verification: Verification, secretName: String?,
        isUnproved: Bool = false
    ) {
        self.request = request
        self.source = source
        self.verification = verification
        self.secretName = secretName
        self.isUnproved = isUnproved
    }

    package enum Outcome: Sendable {
        case authentic(AuthenticDelivery)
        /// The reason is for the log and the quarantine, not for the sender.
        case rejected(Verification, reason: String)
    }

    /// Checks a delivery by the policies of its source.
    ///
    /// - Parameter checksCertificate: false for a stored request, whose client certificate is not archived.
    package static func authenticate(
        _ request: InboundRequest, at source: Source, checksCertificate: Bool = true
    ) -> Outcome {
        let senderRejection = source.senderPolicy.rejection(of: request, checksCertificate: checksCertificate)
        switch source.originPolicy {
        case .unchecked:
            if let senderRejection { return .rejected(.failed, reason: senderRejection.rawValue) }
            return .authentic(unverified(request, source))
        case .required(let secrets, let toleranceMilliseconds):
            let check = source.provider.verify(request, with: secrets, toleranceMilliseconds: toleranceMilliseconds)
            if let senderRejection { return .rejected(.failed, reason: senderRejection.rawValue) }
            switch check {
            case .verified(let secretName):
                return .authentic(
                    AuthenticDelivery(request, source: source.name, verification: .verified, secretName: secretName))
            case .expired(_, let milliseconds):
                return .rejected(.expired, reason: "the signed time is \(milliseconds / 1000) s off")
            case .failed(.missing) where source.senderPolicy.acceptsUnsigned && !source.senderPolicy.allowed.isEmpty:
                return .authentic(unverified(request, source))
            case .failed(let rejection):
                return .rejected(.failed, reason: rejection.rawValue)
            }
        }
    }

    /// A delivery that a person released from the quarantine although nothing proves it: marked `failed`.
    package static func forced(_ request: InboundRequest, source: String) -> AuthenticDelivery {
        AuthenticDelivery(request, source: source, verification: .failed, secretName: nil)
    }

    /// The response to our own call of the provider's API, proved by the TLS connection.
    package static func fetched(_ request: InboundRequest, source: String) -> AuthenticDelivery {
        AuthenticDelivery(request, source: source, verification: .fetched, secretName: nil)
    }

    /// A delivery from a file: verified if its signature verifies with today's secrets at the time it arrived. The
    /// file's own claims prove nothing; only that the delivery failed verification is kept.
    ///
    /// - Parameter source: where the signature is checked; nil to check nothing.
    package static func imported(
        _ request: InboundRequest, source name: String, at source: Source?, claimed: Verification
    ) -> AuthenticDelivery {
        if let source, case .authentic(let delivery) = authenticate(request, at: source, checksCertificate: false),
            delivery.verification == .verified
        {
            return delivery
        }
        let isDoubtful = claimed == .failed || claimed == .expired
        return AuthenticDelivery(
            request, source: name, verification: isDoubtful ? .failed : .unverified, secretName: nil)
    }

    private static func unverified(_ request: InboundRequest, _ source: Source) -> AuthenticDelivery {
        AuthenticDelivery(request, source: source.name, verification: .unverified, secretName: nil)
    }

    /// A browser redirect: unsigned, so it is kept as a hint.
    static func redirect(_ request: RedirectRequest, at source: Source, isReferredTo: Bool) -> AuthenticDelivery {
        AuthenticDelivery(
            request.kept, source: source.name, verification: .unverified, secretName: nil, isUnproved: !isReferredTo)
    }
}
