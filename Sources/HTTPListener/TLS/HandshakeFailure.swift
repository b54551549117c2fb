internal import NIOSSL

/// Describes failures of TLS handshakes for log lines.
enum HandshakeFailure {
    static func reason(_ error: NIOSSLError) -> String {
        reason("\(error)")
    }

    /// The reason in an error text of BoringSSL.
    ///
    /// - Parameter text: contains BoringSSL's name of the reason (openssl/err.h) between `OPENSSL_internal:` and a
    ///   source location, such as `error:1000007d:SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED at
    ///   FILE:LINE`.
    static func reason(_ text: String) -> String {
        let mark = text.firstRange(of: "OPENSSL_internal:")
        let name = mark.map { text[$0.upperBound...].prefix { $0 == "_" || $0.isLetter || $0.isNumber } } ?? ""
        switch name {
        case "": return "the client ended the connection"
        case "CERTIFICATE_VERIFY_FAILED":
            return "the client certificate is not valid now, or no CA in `client-ca` signed it"
        case "PEER_DID_NOT_RETURN_A_CERTIFICATE":
            return "the client has no certificate, but `client-certificate` is `required`"
        case "HTTP_REQUEST", "HTTPS_PROXY_REQUEST": return "plain HTTP on a port with TLS"
        case "WRONG_VERSION_NUMBER": return "the input is not TLS"
        case "UNSUPPORTED_PROTOCOL": return "the client offers neither TLS 1.2 nor TLS 1.3"
        case "NO_SHARED_CIPHER": return "the client offers no cipher suite that is allowed here"
        case "NO_SHARED_GROUP", "WRONG_CURVE": return "the client offers no key exchange group that is allowed here"
        default:
            let words = name.lowercased().replacing("_", with: " ")
            // The client sends an alert if it rejects this server, for example because of the certificate.
            return words.contains("alert") ? "the client refused: \(words)" : words
        }
    }
}
