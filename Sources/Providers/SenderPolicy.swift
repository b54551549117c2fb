package import Deliveries

/// The senders whose deliveries are accepted. Checked in addition to the signature.
package struct SenderPolicy: Sendable, Equatable {
    /// The addresses of accepted senders; empty to accept all addresses.
    package var allowed: [AddressRange] = []
    /// The accepted client certificates. A client must present one of these certificates in the TLS handshake. Empty if
    /// no certificate is required.
    package var certificates: Set<ClientCertificate> = []
    /// True if an allowed address may send deliveries without a signature. Such deliveries are marked `unverified`. For
    /// older accounts, Klavi does not sign reports (klavi-reference: Undocumented).
    package var acceptsUnsigned = false

    /// Accepts signed deliveries from all addresses.
    package static let anywhere = SenderPolicy()

    package init() {}

    /// The reason for rejecting the sender of a request; nil if the sender is accepted.
    ///
    /// - Parameter checksCertificate: false for a stored request, because its certificate is not stored.
    package func rejection(of request: InboundRequest, checksCertificate: Bool = true) -> OriginCheck.Rejection? {
        if !allowed.isEmpty {
            // A proxy can report `unknown` or a name (RFC 7239 §6.2), and a Unix socket has no address.
            guard let peer = NetworkAddress(request.peer) else { return .unknownAddress }
            guard allowed.contains(where: { $0.contains(peer) }) else { return .address }
        }
        guard !checksCertificate || certificates.isEmpty || request.certificate.map(certificates.contains) == true
        else {
            return .certificate
        }
        return nil
    }
}
