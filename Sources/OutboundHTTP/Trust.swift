internal import NIOSSL

/// The certificate authorities that the client trusts.
package enum Trust: Sendable, Equatable {
    case system
    /// Trusts the certificates in a PEM file instead of the system's authorities.
    case authorities(path: String)
    /// Accepts every certificate, so the server is not authenticated.
    case everything

    /// The file contains no certificate.
    package struct UnusableFile: Error, Equatable {
        package let path: String
    }

    /// The trust settings of a command, from `--insecure`, `--cacert` or `SSL_CERT_FILE`, in that order.
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
