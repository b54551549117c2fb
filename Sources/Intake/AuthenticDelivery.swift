package import Deliveries
package import Providers
internal import TextForms

/// A request that may be archived, with the name of the secret that verified its sender. Only code in this file can
/// create a value of this type.
package struct AuthenticDelivery: Sendable {
    package let request: InboundRequest
    package let source: String
    package let verification: Verification
    package let secretName: String?
    /// True for a browser redirect that names no link of the archive.
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
        /// The delivery is rejected. The reason is for the log and the quarantine; the client does not get it.
        case rejected(Verification, reason: String)
    }

    /// Checks a delivery by the policies of its source.
    ///
    /// - Parameter checksCertificate: false for a stored request, because its client certificate is not stored.
    package static func authenticate(
        _ request: InboundRequest, at source: Source, checksCertificate: Bool = true
    ) -> Outcome {
        let senderRejection = source.senderPolicy.rejection(of: request, checksCertificate: checksCertificate)
        switch source.originPolicy {
        case .unchecked:
            if let senderRejection { return .rejected(.failed, reason: senderRejection.rawValue) }
            return .authentic(unverified(request, source))
        case .required(let secrets, let toleranceMilliseconds):
            let (check, mismatch) = check(request, at: source) {
                source.provider.verify($0, with: secrets, toleranceMilliseconds: toleranceMilliseconds)
            }
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
                return .rejected(.failed, reason: mismatch ?? rejection.rawValue)
            }
        }
    }

    /// Before its signature is verified, a compressed body may expand to this many bytes, or to 32 times its compressed
    /// length if that is more.
    private static let freeByteCount = 256 * 1024
    private static let expansionLimit = 32

    /// Checks a request. If its body is compressed and the signature does not match, also checks the decompressed body,
    /// because some senders sign the body before a proxy compresses it.
    ///
    /// - Returns: the result, and the reason if both checks failed.
    private static func check(
        _ request: InboundRequest, at source: Source, _ verify: (InboundRequest) -> OriginCheck
    ) -> (OriginCheck, mismatch: String?) {
        let check = verify(request)
        let (product, overflow) = request.body.count.multipliedReportingOverflow(by: expansionLimit)
        let limit = min(source.bodyByteCountLimit, overflow ? .max : max(product, freeByteCount))
        guard check == .failed(.mismatch), let body = ReadableBody.withoutCoding(request, byteCountLimit: limit) else {
            return (check, nil)
        }
        switch body {
        case .success(let body):
            let second = verify(request.with(body: body))
            return (
                second,
                "\(OriginCheck.Rejection.mismatch.rawValue) over the compressed or the decompressed body"
            )
        case .failure(let error):
            return (check, "\(OriginCheck.Rejection.mismatch.rawValue) over the received bytes; \(error.problem)")
        }
    }

    /// A delivery that a person released from quarantine although it cannot be verified. It is marked `failed`.
    package static func forced(_ request: InboundRequest, source: String) -> AuthenticDelivery {
        AuthenticDelivery(request, source: source, verification: .failed, secretName: nil)
    }

    /// The response to Callbox's own call to the provider's API. The TLS connection authenticates the response.
    package static func fetched(_ request: InboundRequest, source: String) -> AuthenticDelivery {
        AuthenticDelivery(request, source: source, verification: .fetched, secretName: nil)
    }

    /// A delivery from a file. It is `verified` if the current secrets verify its signature for the time of arrival.
    /// Callbox does not trust a successful verification in the file. If the file claims `failed` or `expired`, the
    /// delivery is marked `failed`.
    ///
    /// - Parameter source: the source that checks the signature; nil to skip the check.
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

    /// A browser redirect. A redirect is not signed, so it is only a hint.
    static func redirect(_ request: RedirectRequest, at source: Source, isReferredTo: Bool) -> AuthenticDelivery {
        AuthenticDelivery(
            request.kept, source: source.name, verification: .unverified, secretName: nil, isUnproved: !isReferredTo)
    }
}
