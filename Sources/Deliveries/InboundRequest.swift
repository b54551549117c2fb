/// A complete HTTP request, byte for byte.
package struct InboundRequest: Sendable {
    package let method: String
    package let target: RequestTarget
    package let headers: HeaderFields
    package let body: [UInt8]
    /// The client's address without its port: the other end of the connection, or what a trusted proxy says. `unknown` if the
    /// proxy does not name an address, `local` on a Unix-domain socket.
    package let peer: String
    /// When the last byte of the body had arrived.
    package let receivedAt: Timestamp
    package let id: RequestID

    package init(
        method: String, target: RequestTarget, headers: HeaderFields, body: [UInt8], peer: String,
        receivedAt: Timestamp, id: RequestID = .none
    ) {
        self.id = id
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.peer = peer
        self.receivedAt = receivedAt
    }
}

/// The part of a request that decides whether its body is read.
package struct InboundHead: Sendable {
    package var id = RequestID.none
    package let method: String
    package let target: RequestTarget
    /// The client's address, as in `InboundRequest.peer`.
    package let peer: String
    /// The certificate from the TLS handshake; nil if the client presented none.
    package let certificate: ClientCertificate?

    package init(
        method: String, target: RequestTarget, peer: String = "local", certificate: ClientCertificate? = nil
    ) {
        self.method = method
        self.target = target
        self.peer = peer
        self.certificate = certificate
    }
}

/// A certificate that a client presented and that a configured authority signed.
package struct ClientCertificate: Sendable, Hashable {
    /// SHA-256 of its DER form, 64 hexadecimal digits in lower case, as `openssl x509 -fingerprint -sha256` shows it with colons.
    package let fingerprint: String

    package init(fingerprint: String) {
        self.fingerprint = fingerprint
    }
}
