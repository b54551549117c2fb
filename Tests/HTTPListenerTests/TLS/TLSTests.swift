import Deliveries
import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import TestKit
import Testing

@testable import HTTPListener

@Suite(.offPool) struct TLSTests {
    /// The files of a test in a temporary folder.
    private struct Files {
        let folder: TemporaryFolder

        func write(_ text: String, _ name: String) throws {
            try Data(text.utf8).write(to: URL(filePath: folder.path(of: name)), options: .atomic)
        }

        /// The settings of a server with this certificate and key.
        func settings(
            _ pair: (certificate: String, key: String), authority: String? = nil
        ) throws -> TLSSettings {
            try write(pair.certificate, "server.pem")
            try write(pair.key, "server.key")
            if let authority { try write(authority, "clients.pem") }
            return TLSSettings(
                certificateFile: folder.path(of: "server.pem"), keyFile: folder.path(of: "server.key"),
                clientAuthorityFile: authority.map { _ in folder.path(of: "clients.pem") })
        }
    }

    private static func withFiles<Value>(_ body: (Files) async throws -> Value) async throws -> Value {
        try await TemporaryFolder.with { try await body(Files(folder: $0)) }
    }

    private static func listening<Value>(
        _ tls: TLSSettings, _ application: ListenerApplication = application(), limits: ListenerLimits = .unhurried,
        counters: ListenerCounters = ListenerCounters(), _ body: (OpenListener) async throws -> Value
    ) async throws -> Value {
        let server = try await HTTPListener(limits: limits, tls: tls, application: application, counters: counters)
            .listen(on: .tcp(host: "127.0.0.1", port: 0), group: .singletonMultiThreadedEventLoopGroup)
        do {
            let value = try await body(server)
            await server.shutDown(grace: .zero)
            return value
        } catch {
            await server.shutDown(grace: .zero)
            throw error
        }
    }

    /// An application that responds with the fingerprint of the client certificate.
    private static func application() -> ListenerApplication {
        ListenerApplication(
            now: { .fixture },
            admit: { head in
                let text = head.certificate?.fingerprint ?? "no certificate"
                return .read(bodyByteCountLimit: 1 << 20) { _, respond in respond(.text(200, text)) }
            })
    }

    /// Connects with TLS and sends one request. Returns the server's certificate and the last line of the response.
    private static func exchange(
        _ server: OpenListener, client: (certificate: String, key: String)? = nil,
        _ change: (inout TLSConfiguration) -> Void = { _ in }
    ) async throws -> (certificate: NIOSSLCertificate?, text: String) {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .certificates(try certificates(TestCertificates.authority))
        configuration.certificateVerification = .noHostnameVerification
        if let client {
            configuration.certificateChain = try certificates(client.certificate).map { .certificate($0) }
            configuration.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: Array(client.key.utf8), format: .pem))
        }
        change(&configuration)
        let context = try NIOSSLContext(configuration: configuration)
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(to: server.address) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        NIOSSLClientHandler(context: context, serverHostname: nil))
                    return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: "GET / HTTP/1.1\r\nHost: a\r\n\r\n"))
            var text = ""
            var certificate: NIOSSLCertificate?
            for try await bytes in inbound {
                text += String(buffer: bytes)
                // The connection must still be open, because its TLS handler contains the certificate.
                certificate = try await channel.channel.nioSSL_peerCertificate().get()
                if text.contains("\r\n\r\n") { break }
            }
            return (certificate, text.components(separatedBy: "\r\n\r\n").last ?? "")
        }
    }

    private static func certificates(_ text: String) throws -> [NIOSSLCertificate] {
        try NIOSSLCertificate.fromPEMBytes(Array(text.utf8))
    }

    @Test("requests are served over TLS 1.3 and 1.2 with AEAD suites, but not over TLS 1.1 or with CBC suites")
    func versions() async throws {
        try await Self.withFiles { files in
            try await Self.listening(try files.settings(TestCertificates.first)) { server in
                #expect(server.certificateExpiresAt?.rfc3339 == "2126-11-05T12:00:23.000Z")
                for version in [TLSVersion.tlsv12, .tlsv13] {
                    let served = try await Self.exchange(server) {
                        $0.minimumTLSVersion = version
                        $0.maximumTLSVersion = version
                        $0.applicationProtocols = ["h2", "http/1.1"]
                    }
                    #expect(served.text == "no certificate")
                }
                await #expect(throws: (any Error).self) {
                    try await Self.exchange(server) { $0.maximumTLSVersion = .tlsv11 }
                }
                for (suite, isServed) in [
                    ("ECDHE+AESGCM", true), ("ECDHE+CHACHA20", true), ("ECDHE+AES:!AESGCM", false),
                ] {
                    let served = try? await Self.exchange(server) {
                        $0.maximumTLSVersion = .tlsv12
                        $0.cipherSuites = suite
                    }
                    #expect((served != nil) == isServed, "\(suite)")
                }
            }
        }
    }

    @Test("a required client certificate is checked, and its fingerprint is known when a request is admitted")
    func requiredClientCertificate() async throws {
        try await Self.withFiles { files in
            let tls = try files.settings(TestCertificates.first, authority: TestCertificates.authority)
            let counters = ListenerCounters()
            try await Self.listening(tls, counters: counters) { server in
                let served = try await Self.exchange(server, client: TestCertificates.client)
                #expect(served.text == TestCertificates.clientFingerprint)
                let none = try? await Self.exchange(server).text
                #expect(none ?? "" == "")
            }
            #expect(counters[.handshakeFailed] == 1)
            let other = try files.settings(TestCertificates.first, authority: TestCertificates.otherAuthority)
            try await Self.listening(other) { server in
                let foreign = try? await Self.exchange(server, client: TestCertificates.client).text
                #expect(foreign ?? "" == "")
            }
        }
    }

    @Test("a failed handshake is reported with its cause")
    func failedHandshakes() async throws {
        try await Self.withFiles { files in
            let (events, seen) = AsyncStream.makeStream(of: ListenerEvent.self)
            let application = ListenerApplication(
                now: { .fixture }, admit: { _ in .reject(.text(200, "ok")) }, observe: { seen.yield($0) })
            let tls = try files.settings(TestCertificates.first, authority: TestCertificates.otherAuthority)
            try await Self.listening(tls, application) { server in
                _ = try? await Self.exchange(server)
                _ = try? await Self.exchange(server, client: TestCertificates.client)
                _ = try? await Self.exchange(server) {
                    $0.minimumTLSVersion = .tlsv1
                    $0.maximumTLSVersion = .tlsv11
                }
                try await RawClient.connected(to: server.address) { client in
                    try await client.send(bytes: Array("GET / HTTP/1.1\r\n\r\n".utf8))
                    _ = try? await client.rest()
                }
            }
            seen.finish()
            let reasons: [String] = await events.reduce(into: []) { reasons, event in
                if case .handshakeFailed(let reason, _) = event { reasons.append(reason) }
            }
            #expect(
                reasons == [
                    "the client has no certificate, but `client-certificate` is `required`",
                    "the client certificate is not valid now, or no CA in `client-ca` signed it",
                    "the client offers neither TLS 1.2 nor TLS 1.3", "plain HTTP on a port with TLS",
                ])
        }
    }

    @Test(
        "causes of a failed handshake are described in words, without source locations",
        arguments: [
            (
                "error:10000418:SSL routines:OPENSSL_internal:TLSV1_ALERT_UNKNOWN_CA at /a/b.cc:1",
                "the client refused: tlsv1 alert unknown ca"
            ),
            (
                "error:100000b8:SSL routines:OPENSSL_internal:NO_SHARED_CIPHER at /a/b.cc:1",
                "the client offers no cipher suite that is allowed here"
            ),
            ("error:1:SSL routines:OPENSSL_internal:DECODE_ERROR at /a/b.cc:1", "decode error"),
            ("EOF during handshake", "the client ended the connection"),
        ])
    func causes(text: String, reason: String) {
        #expect(HandshakeFailure.reason(text) == reason)
    }

    @Test("if client certificates are optional, a missing certificate is accepted and a wrong certificate is not")
    func optionalClientCertificate() async throws {
        try await Self.withFiles { files in
            var tls = try files.settings(TestCertificates.first, authority: TestCertificates.authority)
            tls.clientCertificates = .optional
            try await Self.listening(tls) { server in
                let served = try await Self.exchange(server, client: TestCertificates.client)
                #expect(served.text == TestCertificates.clientFingerprint)
                let without = try await Self.exchange(server)
                #expect(without.text == "no certificate")
            }
            tls = try files.settings(TestCertificates.first, authority: TestCertificates.otherAuthority)
            tls.clientCertificates = .optional
            try await Self.listening(tls) { server in
                let foreign = try? await Self.exchange(server, client: TestCertificates.client).text
                #expect(foreign ?? "" == "")
            }
        }
    }

    @Test("new connections use a reloaded certificate, or the previous certificate if the new file is broken")
    func reload() async throws {
        try await Self.withFiles { files in
            let tls = try files.settings(TestCertificates.first)
            let (events, seen) = AsyncStream.makeStream(of: ListenerEvent.self)
            let application = ListenerApplication(
                now: { .fixture }, admit: { _ in .reject(.text(200, "ok")) }, observe: { seen.yield($0) })
            try await Self.listening(tls, application) { server in
                let first = try await Self.exchange(server)
                #expect(first.certificate == (try Self.certificates(TestCertificates.first.certificate)[0]))
                _ = try files.settings(TestCertificates.second)
                server.reloadCertificates()
                let second = try await Self.exchange(server)
                #expect(second.certificate == (try Self.certificates(TestCertificates.second.certificate)[0]))
                try files.write("nonsense", "server.pem")
                server.reloadCertificates()
                let kept = try await Self.exchange(server)
                #expect(kept.certificate == second.certificate)
            }
            seen.finish()
            let all = await events.reduce(into: []) { $0.append($1) }
            #expect(
                all == [
                    .certificateReloaded,
                    .certificateNotReloaded(
                        .certificate(file: tls.certificateFile, reason: "is not a certificate chain in PEM format")),
                ])
        }
    }

    @Test("the files are read again when they change, and a broken file is reported once")
    func reloadIfChanged() async throws {
        try await Self.withFiles { files in
            let certificates = try TLSCertificates(try files.settings(TestCertificates.first))
            #expect(certificates.reloadIfChanged() == .unchanged)
            try files.write(TestCertificates.second.certificate, "server.pem")
            guard case .failed(.certificate(_, let reason)) = certificates.reloadIfChanged() else {
                Issue.record("a key of another certificate was accepted")
                return
            }
            #expect(reason.hasPrefix("does not belong to "))
            #expect(certificates.reloadIfChanged() == .unchanged)
            try files.write(TestCertificates.second.key, "server.key")
            #expect(certificates.reloadIfChanged() == .replaced)
            #expect(certificates.reloadIfChanged() == .unchanged)
        }
    }

    @Test("the error for an unusable certificate or key file contains the file name and the reason")
    func unusableFiles() async throws {
        try await Self.withFiles { files in
            let sound = try files.settings(TestCertificates.first, authority: TestCertificates.authority)
            let missing = files.folder.path(of: "missing.pem")
            let changes: [(change: (inout TLSSettings) -> Void, file: String, reason: String)] = [
                ({ $0.certificateFile = missing }, missing, "cannot be read: No such file or directory"),
                (
                    { $0.keyFile = $0.certificateFile }, sound.certificateFile,
                    "is not an unencrypted private key in PEM format"
                ),
                (
                    { $0.clientAuthorityFile = $0.keyFile }, sound.keyFile,
                    "is not a list of certificates in PEM format"
                ),
            ]
            for (change, file, reason) in changes {
                var settings = sound
                change(&settings)
                let changed = settings
                #expect(throws: ListenError.certificate(file: file, reason: reason)) {
                    try TLSCertificates(changed)
                }
            }
        }
    }

    @Test("a connection over the limit is closed without a handshake")
    func overLimit() async throws {
        try await Self.withFiles { files in
            let limits = ListenerLimits.with {
                ($0.connectionCount, $0.handshakeTimeout, $0.headerTimeout) = (1, .seconds(600), .seconds(600))
            }
            let held = HeldRequests()
            try await Self.listening(
                try files.settings(TestCertificates.first), held.application, limits: limits
            ) { server in
                async let served = Self.exchange(server)
                // The server never closes a connection with a pending request in favour of a new connection.
                let respond = try #require(await held.next())
                // If the server completed the handshake, this call would end without an error.
                await #expect(throws: (any Error).self) { try await Self.exchange(server) }
                respond(.text(200, "served"))
                #expect(try await served.text == "served")
            }
        }
    }

    @Test("a connection whose handshake is not completed in time is closed", arguments: [[], [0x16, 0x03, 0x01]])
    func handshakeTimeout(bytes: [UInt8]) async throws {
        try await Self.withFiles { files in
            let counters = ListenerCounters()
            let limits = ListenerLimits.with { $0.handshakeTimeout = .milliseconds(20) }
            try await Self.listening(try files.settings(TestCertificates.first), limits: limits, counters: counters) {
                server in
                try await RawClient.connected(to: server.address) { client in
                    // Ignores errors, because the server may close the connection before the client sends.
                    if !bytes.isEmpty { try? await client.send(bytes: bytes) }
                    let rest = try? await client.rest()
                    #expect(rest ?? "" == "")
                }
            }
            #expect(counters[.handshakeTimeout] == 1)
        }
    }
}
