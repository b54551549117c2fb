/// The TLS settings of this process. All files are in PEM format.
package struct TLSSettings: Sendable, Equatable {
    /// The policy for client certificates if `clientAuthorityFile` is set.
    package enum ClientCertificates: String, Sendable, CaseIterable {
        /// A client may present a certificate. If none of the authorities signed the certificate, the handshake fails.
        case optional
        /// A client must present a certificate that one of the authorities signed. Otherwise the handshake fails.
        case required
    }

    /// The file with the certificate and the intermediate certificates of its chain, in that order.
    package var certificateFile: String
    /// The file with the private key of the certificate.
    package var keyFile: String
    /// The file with the authorities that sign client certificates. Nil if no client certificates are requested.
    package var clientAuthorityFile: String?
    package var clientCertificates = ClientCertificates.required

    package init(certificateFile: String, keyFile: String, clientAuthorityFile: String? = nil) {
        self.certificateFile = certificateFile
        self.keyFile = keyFile
        self.clientAuthorityFile = clientAuthorityFile
    }

    var files: [String] { [certificateFile, keyFile] + (clientAuthorityFile.map { [$0] } ?? []) }
}
