/// TLS in process: files in PEM form.
package struct TLSSettings: Sendable, Equatable {
    /// The use of client certificates if `clientAuthorityFile` is set.
    package enum ClientCertificates: String, Sendable, CaseIterable {
        /// A client may present a certificate; one that the authorities did not sign fails the handshake.
        case optional
        /// A client without a certificate of the authorities fails the handshake.
        case required
    }

    /// The certificate, then the intermediate ones of its chain.
    package var certificateFile: String
    /// The private key of the certificate.
    package var keyFile: String
    /// The authorities that sign clients' certificates; nil to ask for none.
    package var clientAuthorityFile: String?
    package var clientCertificates = ClientCertificates.required

    package init(certificateFile: String, keyFile: String, clientAuthorityFile: String? = nil) {
        self.certificateFile = certificateFile
        self.keyFile = keyFile
        self.clientAuthorityFile = clientAuthorityFile
    }

    var files: [String] { [certificateFile, keyFile] + (clientAuthorityFile.map { [$0] } ?? []) }
}
