package import Deliveries
package import Providers

/// Signs deliveries as their providers would sign them now.
package struct ReplaySigner: Sendable {
    /// The provider and secrets of a source.
    package struct Keys: Sendable {
        let provider: any Provider
        let secrets: [Secret]

        package init(provider: any Provider, secrets: [Secret]) {
            self.provider = provider
            self.secrets = secrets
        }
    }

    /// The reason why a delivery cannot be signed.
    package enum Obstacle: Sendable, Equatable {
        case unknownSource, unsignedProvider, noSecret
        /// The provider's verification rejects the signatures of all secrets.
        case noFittingSecret
        /// The signature does not cover a time, so it cannot be expired.
        case noSignedTime
    }

    /// A deliberate defect of a signature.
    enum Flaw: Sendable {
        case expired, wrongSecret
    }

    /// The provider and secrets of each source, by the source's name.
    private let keys: [String: Keys]
    private let now: @Sendable () -> Timestamp

    package init(keys: [String: Keys], now: @escaping @Sendable () -> Timestamp) {
        self.keys = keys
        self.now = now
    }

    /// The headers of a replay of `delivery`, with a new signature over its current body at the current time. The
    /// secret that verified the delivery is tried first. Browser redirects have no signature and keep their headers.
    ///
    /// - Throws: `ReplayError.cannotSign`.
    func headers(
        of request: InboundRequest, for delivery: ArchivedDelivery, flaw: Flaw? = nil
    ) throws(ReplayError) -> [HeaderField] {
        guard let keys = keys[delivery.source] else { throw obstacle(.unknownSource, delivery) }
        if case .redirect = keys.provider.screen(request, redirects: .none) { return request.headers.fields }
        guard !keys.provider.descriptor.schemes.isEmpty else { throw obstacle(.unsignedProvider, delivery) }
        guard !keys.secrets.isEmpty else { throw obstacle(.noSecret, delivery) }
        let isPreferred = { (secret: Secret) in secret.name == delivery.secretName }
        var secrets = keys.secrets.filter(isPreferred) + keys.secrets.filter { !isPreferred($0) }
        if flaw == .wrongSecret { secrets = secrets.map(\.replacedByAnother) }
        func renewed(at time: Timestamp) -> [HeaderField]? {
            keys.provider.renewingProof(of: request, with: secrets, at: time, id: "msg_\(delivery.id.rawValue)")
        }
        let time = now()
        guard let headers = renewed(at: time) else { throw obstacle(.noFittingSecret, delivery) }
        guard flaw == .expired else { return headers }
        let past = time.advanced(byMilliseconds: -ReplayFault.expiredSignatureAge)
        guard let old = renewed(at: past), old != headers else { throw obstacle(.noSignedTime, delivery) }
        return old
    }

    private func obstacle(_ obstacle: Obstacle, _ delivery: ArchivedDelivery) -> ReplayError {
        .cannotSign(delivery.id, source: delivery.source, obstacle)
    }
}

extension Secret {
    /// A secret that no source uses, for the fault `wrongSecret`. It is valid as text and as base64.
    fileprivate var replacedByAnother: Secret {
        Secret(
            name: name, purpose: purpose, identity: identity,
            bytes: Array("d3JvbmctY2FsbGJveC1yZXBsYXktc2VjcmV0LTAwMDE=".utf8))
    }
}
