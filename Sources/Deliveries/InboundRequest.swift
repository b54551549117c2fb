/// A complete HTTP request, byte for byte.
package struct InboundRequest: Sendable {
    package let method: String
    package let target: RequestTarget
    package let headers: HeaderFields
    package let body: [UInt8]
    /// The client's address without its port: the other end of the connection, or the address that a trusted proxy
    /// reports. `unknown` if the proxy reports no address, `local` for a Unix-domain socket.
    package let peer: String
    /// The time at which the last byte of the body arrived.
    package let receivedAt: Timestamp
    package let id: RequestID
    /// The client certificate of the TLS handshake. Nil if the client presented none, or if the request was read from
    /// storage, because certificates are not stored.
    package let certificate: ClientCertificate?

    package init(
        method: String, target: RequestTarget, headers: HeaderFields, body: [UInt8], peer: String,
        receivedAt: Timestamp, id: RequestID = .none, certificate: ClientCertificate? = nil
    ) {
        self.id = id
        self.certificate = certificate
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.peer = peer
        self.receivedAt = receivedAt
    }
}

/// The part of a request from which the listener decides whether to read the body.
package struct InboundHead: Sendable {
    package var id = RequestID.none
    package let method: String
    package let target: RequestTarget
    /// The client's address, as in `InboundRequest.peer`.
    package let peer: String
    /// The client certificate of the TLS handshake; nil if the client presented none.
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

/// A certificate that a client presented and a configured authority signed.
package struct ClientCertificate: Sendable, Hashable {
    /// The SHA-256 of the certificate's DER form, as 64 lower-case hexadecimal digits. `openssl x509 -fingerprint
    /// -sha256` prints the same digits with colons.
    package let fingerprint: String

    package init(fingerprint: String) {
        self.fingerprint = fingerprint
    }

    /// Parses a fingerprint in the forms that tools print: 64 hexadecimal digits in either case, with or without colons
    /// between the bytes. Nil for any other text.
    package init?(_ text: String) {
        let bytes = text.split(separator: ":", omittingEmptySubsequences: false)
        guard bytes.count == 1 || bytes.count == 32 && bytes.allSatisfy({ $0.utf8.count == 2 }) else { return nil }
        let digits = bytes.joined().lowercased()
        guard digits.utf8.count == 64, digits.utf8.allSatisfy({ Hex.nibble($0) != nil }) else { return nil }
        self.init(fingerprint: digits)
    }
}
