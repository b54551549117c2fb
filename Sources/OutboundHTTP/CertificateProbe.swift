internal import Foundation
internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import Synchronization

/// Reads the certificate of an untrusted server to find out why it is untrusted. The TLS library only reports that the
/// check failed. Therefore the probe connects again and ends the handshake when the certificate has arrived. It sends
/// no request.
enum CertificateProbe {
    /// - Parameter serverName: the name in the URL; nil if the URL contains an address.
    static func problem(
        address: String, port: Int, serverName: String?, timeout: Duration
    ) async -> OutboundFailure.CertificateProblem? {
        let seen = Seen()
        do {
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.applicationProtocols = ["http/1.1"]
            let context = try NIOSSLContext(configuration: configuration)
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(TimeAmount(timeout))
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let ended = EndedProbe(deadline: .now() + TimeAmount(timeout))
                        try channel.pipeline.syncOperations.addHandlers([
                            try NIOSSLClientHandler(context: context, serverHostname: serverName) {
                                (chain: [NIOSSLCertificate], promise: EventLoopPromise<NIOSSLVerificationResult>) in
                                seen.certificates.withLock { $0 = chain }
                                promise.succeed(.failed)
                            }, ended,
                        ])
                    }
                }
                .connect(to: try SocketAddress(ipAddress: address, port: port)).get()
            try? await channel.closeFuture.get()
        } catch {}
        return problem(of: seen.certificates.withLock { $0 }, at: Int(Date().timeIntervalSince1970))
    }

    private final class Seen: Sendable {
        let certificates = Mutex<[NIOSSLCertificate]>([])
    }

    private static func problem(
        of chain: [NIOSSLCertificate], at now: Int
    ) -> OutboundFailure.CertificateProblem? {
        guard let leaf = chain.first else { return nil }
        for certificate in chain where certificate.notValidAfter < now { return .expired }
        for certificate in chain where certificate.notValidBefore > now { return .notYetValid }
        guard let names = (try? leaf.toDERBytes()).flatMap({ CertificateNames($0) }) else { return .unknownAuthority }
        return names.issuer == names.subject ? .selfSigned : .unknownAuthority
    }
}

/// Closes the channel after the handshake, after a failed handshake, and at the deadline.
private final class EndedProbe: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let deadline: NIODeadline
    private var end: Scheduled<Void>?

    init(deadline: NIODeadline) {
        self.deadline = deadline
    }

    func channelActive(context: ChannelHandlerContext) {
        let channel = context.channel
        end = context.eventLoop.scheduleTask(deadline: deadline) { channel.close(promise: nil) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {}

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        end?.cancel()
    }
}

/// The issuer and subject of a certificate, as DER bytes (RFC 5280 §4.1).
struct CertificateNames: Equatable {
    let issuer: [UInt8]
    let subject: [UInt8]

    /// Nil for bytes that are not a certificate.
    init?(_ der: [UInt8]) {
        var certificate = DERReader(der[...])
        guard let outer = certificate.next()?.content else { return nil }
        var inside = DERReader(outer)
        guard let signed = inside.next()?.content else { return nil }
        var fields = DERReader(signed)
        guard var field = fields.next() else { return nil }
        // A certificate contains its version unless the version is 1.
        if field.tag == 0xa0 {
            guard let serial = fields.next() else { return nil }
            field = serial
        }
        guard fields.next() != nil, let issuer = fields.next(), fields.next() != nil, let subject = fields.next() else {
            return nil
        }
        self.issuer = Array(issuer.content)
        self.subject = Array(subject.content)
    }
}

/// Reads elements in order (X.690 §8.1). A tag has one byte, and a length has at most four bytes.
private struct DERReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        rest = bytes
    }

    mutating func next() -> (tag: UInt8, content: ArraySlice<UInt8>)? {
        guard let tag = rest.popFirst(), let first = rest.popFirst() else { return nil }
        var length = Int(first)
        if first >= 0x80 {
            let count = Int(first & 0x7f)
            guard (1...4).contains(count), rest.count >= count else { return nil }
            length = rest.prefix(count).reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(count)
        }
        guard length <= rest.count else { return nil }
        defer { rest = rest.dropFirst(length) }
        return (tag, rest.prefix(length))
    }
}
