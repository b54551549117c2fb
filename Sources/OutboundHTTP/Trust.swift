internal import NIOSSL

/// The authorities whose certificates are trusted.
package enum Trust: Sendable, Equatable {
    case system
    /// A file with certificates in PEM, which replace those of the system.
    case authorities(path: String)
    /// Every certificate is accepted. The other side is then not authenticated.
    case everything

    /// The file contains no certificate.
    package struct UnusableFile: Error, Equatable {
        package let path: String
    }

    /// The trust that a command uses: `--insecure`, `--cacert` and `SSL_CERT_FILE`, in this order.
    package init(
        isInsecure: Bool = false, file: String? = nil, environment: [String: String]
    ) throws(UnusableFile) {
        let named = file ?? environment["SSL_CERT_FILE"].flatMap { $0.isEmpty ? nil : $0 }
        guard !isInsecure, let path = named else {
            self = isInsecure ? .everything : .system
            return
        }
        guard let certificates = try? NIOSSLCertificate.fromPEMFile(path), !certificates.isEmpty else {
            throw UnusableFile(path: path)
        }
        self = .authorities(path: path)
    }

    var tlsConfiguration: TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        switch self {
        case .system: break
        case .authorities(let path): configuration.trustRoots = .file(path)
        case .everything: configuration.certificateVerification = .none
        }
        return configuration
    }
}
