package import Deliveries

/// The addresses that deliveries are accepted from, checked in addition to the signature.
package struct SenderPolicy: Sendable, Equatable {
    /// Empty: from anywhere.
    package var allowed: [AddressRange] = []
    /// Our own proxies, whose `X-Forwarded-For` is trusted.
    package var trustedProxies: [AddressRange] = []
    /// Whether a delivery without any signature gets in from an allowed address, marked `unverified`: older accounts of
    /// Klavi do not sign reports (klavi-reference: Undocumented).
    package var acceptsUnsigned = false

    /// From anywhere, signed.
    package static let anywhere = SenderPolicy()

    package init() {}

    package func admits(_ request: InboundRequest) -> Bool {
        guard !allowed.isEmpty else { return true }
        guard let sender = sender(of: request) else { return false }
        return allowed.contains { $0.contains(sender) }
    }

    /// The peer's address, or behind trusted proxies the last address in `X-Forwarded-For` that is not one of them. The
    /// sender may have written the addresses before it.
    package func sender(of request: InboundRequest) -> NetworkAddress? {
        guard let peer = NetworkAddress(request.peer) else { return nil }
        guard isTrusted(peer) else { return peer }
        let hops = request.headers.values(named: "X-Forwarded-For").flatMap { $0.split(separator: ",") }
        for hop in hops.reversed() {
            guard let address = NetworkAddress(hop.trimmingOptionalWhitespace) else { return nil }
            if !isTrusted(address) { return address }
        }
        return peer
    }

    private func isTrusted(_ address: NetworkAddress) -> Bool {
        trustedProxies.contains { $0.contains(address) }
    }
}
