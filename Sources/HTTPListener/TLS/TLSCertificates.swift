package import Deliveries
internal import NIOSSL
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// The certificate and key for new handshakes. Both are replaced together; open connections keep the certificate they
/// started with.
///
/// Reads files, so it must not run on an event loop.
final class TLSCertificates: Sendable {
    enum Reload: Equatable {
        case unchanged
        case replaced
        /// The new files cannot be used, so the previous certificate stays in use.
        case failed(ListenError)
    }

    /// Identifies a version of a file.
    private struct Stamp: Equatable {
        let inode: UInt64
        let byteCount: Int64
        let modifiedAt: (seconds: Int, nanoseconds: Int)

        static func == (left: Stamp, right: Stamp) -> Bool {
            left.inode == right.inode && left.byteCount == right.byteCount && left.modifiedAt == right.modifiedAt
        }
    }

    private let settings: TLSSettings
    private let current: Mutex<(context: NIOSSLContext, expiresAt: Timestamp)>
    /// The file versions of the last attempt, successful or not. A broken file is therefore reported only once.
    private let stamps: Mutex<[Stamp?]>

    init(_ settings: TLSSettings) throws(ListenError) {
        self.settings = settings
        let stamps = settings.files.map(Self.stamp)
        self.current = Mutex((try Self.context(settings), try settings.certificateExpiry()))
        self.stamps = Mutex(stamps)
    }

    /// The TLS context of a new connection.
    var context: NIOSSLContext {
        current.withLock { $0.context }
    }

    var expiresAt: Timestamp {
        current.withLock { $0.expiresAt }
    }

    /// Reloads the files if one of them changed. A certificate and its key are seldom replaced at the same moment. If
    /// they do not match yet, the next change causes another attempt.
    func reloadIfChanged() -> Reload {
        let found = settings.files.map(Self.stamp)
        return stamps.withLock { $0 } == found ? .unchanged : reload()
    }

    /// Reloads the files.
    func reload() -> Reload {
        let found = settings.files.map(Self.stamp)
        stamps.withLock { $0 = found }
        do throws(ListenError) {
            let loaded = (try Self.context(settings), try settings.certificateExpiry())
            current.withLock { $0 = loaded }
            return .replaced
        } catch {
            return .failed(error)
        }
    }

    private static func context(_ settings: TLSSettings) throws(ListenError) -> NIOSSLContext {
        let chain = try chain(settings.certificateFile).map { NIOSSLCertificateSource.certificate($0) }
        let key = try load(settings.keyFile, "is not an unencrypted private key in PEM format") {
            try NIOSSLPrivateKey(file: $0, format: .pem)
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        // The cipher suites of TLS 1.2 (RFC 9325 §4.2). NIO's default would include RSA key exchange and CBC. The
        // suites of TLS 1.3 cannot be configured.
        configuration.cipherSuites = "ECDHE+AESGCM:ECDHE+CHACHA20"
        configuration.applicationProtocols = ["http/1.1"]
        if let file = settings.clientAuthorityFile {
            configuration.trustRoots = .certificates(
                try load(file, "is not a list of certificates in PEM format") { try NIOSSLCertificate.fromPEMFile($0) })
            configuration.sendCANameList = true
            configuration.certificateVerification =
                settings.clientCertificates == .required ? .noHostnameVerification : .optionalVerification
        }
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw .certificate(file: settings.keyFile, reason: "does not belong to \(settings.certificateFile)")
        }
    }

    fileprivate static func chain(_ file: String) throws(ListenError) -> [NIOSSLCertificate] {
        try load(file, "is not a certificate chain in PEM format") { try NIOSSLCertificate.fromPEMFile($0) }
    }

    private static func load<Value>(
        _ file: String, _ problem: String, _ read: (String) throws -> Value
    ) throws(ListenError) -> Value {
        guard access(file, R_OK) == 0 else {
            throw .certificate(file: file, reason: "cannot be read: \(String(cString: strerror(errno)))")
        }
        do {
            return try read(file)
        } catch {
            throw .certificate(file: file, reason: problem)
        }
    }

    private static func stamp(_ file: String) -> Stamp? {
        var status = stat()
        guard stat(file, &status) == 0 else { return nil }
        #if canImport(Darwin)
            let time = status.st_mtimespec
        #else
            let time = status.st_mtim
        #endif
        return Stamp(
            inode: UInt64(status.st_ino), byteCount: Int64(status.st_size),
            modifiedAt: (Int(time.tv_sec), Int(time.tv_nsec)))
    }
}

extension TLSSettings {
    /// Reads the files. Throws the error that opening a listener would throw.
    package func check() throws(ListenError) {
        _ = try TLSCertificates(self)
    }

    /// The earliest expiry time of the certificates in the chain. Reads the file.
    package func certificateExpiry() throws(ListenError) -> Timestamp {
        let seconds = try TLSCertificates.chain(certificateFile).map { Int64($0.notValidAfter) }.min()
        guard let seconds else { throw .certificate(file: certificateFile, reason: "has no certificate") }
        // X.509 times end in the year 9999, so the value is clamped to the end of that year.
        return Timestamp(millisecondsSinceEpoch: min(max(seconds, 0), 253_402_300_799) * 1000)
    }
}
