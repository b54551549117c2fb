package import Deliveries

/// The addresses that deliveries are accepted from, checked in addition to the signature.
package struct SenderPolicy: Sendable, Equatable {
    /// Empty: from anywhere.
    package var allowed: [AddressRange] = []
    /// True if an allowed address may send deliveries without a signature, marked `unverified`: older accounts of
    /// Klavi do not sign reports (klavi-reference: Undocumented).
    package var acceptsUnsigned = false

    /// From anywhere, signed.
    package static let anywhere = SenderPolicy()

    package init() {}

    package func admits(_ request: InboundRequest) -> Bool {
        guard !allowed.isEmpty else { return true }
        guard let peer = NetworkAddress(request.peer) else { return false }
        return allowed.contains { $0.contains(peer) }
    }
}
