internal import Crypto
internal import Deliveries

extension ClientCertificate {
    /// The SHA-256 fingerprint of a certificate.
    ///
    /// - Parameter bytes: the certificate in DER form.
    init(_ bytes: [UInt8]) {
        self.init(fingerprint: Hex.encode(SHA256.hash(data: bytes)))
    }
}
