/// The settings of TLS in this process. Files are in PEM form.
package struct TLSSettings: Sendable, Equatable {
    /// The handling of client certificates if `clientAuthorityFile` is set.
    package enum ClientCertificates: String, Sendable, CaseIterable {
        /// A client may present a certificate; if the authorities did not sign it, the handshake fails.
        case optional
        /// A client must present a certificate that the authorities signed; otherwise the handshake fails.
        case required
    }

    /// The file with the certificate, followed by the intermediate certificates of its chain.
    package var certificateFile: String
    /// The file with the certificate's private key.
    package var keyFile: String
    /// The file with the authorities that sign client certificates; nil to request none.
    package var clientAuthorityFile: String?
    package var clientCertificates = ClientCertificates.required

    package init(certificateFile: String, keyFile: String, clientAuthorityFile: String? = nil) {
        self.certificateFile = certificateFile
        self.keyFile = keyFile
        self.clientAuthorityFile = clientAuthorityFile
    }

    var files: [String] { [certificateFile, keyFile] + (clientAuthorityFile.map { [$0] } ?? []) }
}
