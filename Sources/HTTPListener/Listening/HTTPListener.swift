package import Deliveries
package import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// The functions of the application. Event loops call the functions, so the functions must not block.
package struct ListenerApplication: Sendable {
    let now: @Sendable () -> Timestamp
    let admit: @Sendable (InboundHead) -> Admission
    let observe: @Sendable (ListenerEvent) -> Void

    /// - Parameter admit: decides from the head whether the body is read, and which function responds to the complete
    ///   request.
    package init(
        now: @escaping @Sendable () -> Timestamp, admit: @escaping @Sendable (InboundHead) -> Admission,
        observe: @escaping @Sendable (ListenerEvent) -> Void = { _ in }
    ) {
        self.now = now
        self.admit = admit
        self.observe = observe
    }
}

/// The address to listen on.
package enum ListenAddress: Sendable, Equatable {
    /// A host and a port. `localhost` means 127.0.0.1 and ::1.
    case tcp(host: String, port: Int)
    case unixSocket(path: String)
    /// Listening sockets that another process opened. The listener takes ownership of the descriptors.
    case inherited([Int32])
}

/// An HTTP/1.1 listener. Each connection runs on one event loop and has its own `ConnectionHandler`. `ListenerLimits`
/// has all limits.
package struct HTTPListener: Sendable {
    private let limits: ListenerLimits
    private let proxies: TrustedProxies
    private let tls: TLSSettings?
    private let application: ListenerApplication
    private let counters: ListenerCounters

    package init(
        limits: ListenerLimits, proxies: TrustedProxies = TrustedProxies(), tls: TLSSettings? = nil,
        application: ListenerApplication, counters: ListenerCounters = ListenerCounters()
    ) {
        self.limits = limits
        self.proxies = proxies
        self.tls = tls
        self.application = application
        self.counters = counters
    }

    /// Starts listening. Replaces a socket file if the process that created it has ended. Only the owner can use the
    /// new socket file.
    package func listen(on address: ListenAddress, group: any EventLoopGroup) async throws(ListenError)
        -> OpenListener
    {
        if case .unixSocket(let path) = address, await Self.isServed(path, group: group) { throw .addressInUse }
        var certificates: TLSCertificates?
        if let tls { certificates = try TLSCertificates(tls) }
        let shared = SharedState(
            application, limits: fittingLimits(), proxies: proxies, certificates: certificates, counters: counters)
        let bootstrap = bootstrap(shared, group)
        do {
            switch address {
            case .tcp(let host, let port):
                return try await open(try Self.bind(host: host, port: port), bootstrap, shared, group)
            case .unixSocket(let path):
                let channel = try await bootstrap.bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true)
                    .get()
                chmod(path, 0o600)
                return OpenListener(channels: [channel], shared, on: group)
            case .inherited(let descriptors):
                return try await open(descriptors.map(ListeningSocket.init(inherited:)), bootstrap, shared, group)
            }
        } catch {
            throw ListenError(error)
        }
    }

    /// The maximum bytes of responses that the kernel buffers for one connection. Linux doubles the value for its own
    /// bookkeeping.
    private static let sendBufferByteCount: ChannelOptions.Types.SocketOption.Value = 64 * 1024

    /// Raises the soft limit of descriptors, then lowers the limit of connections to the available descriptors.
    private func fittingLimits() -> ListenerLimits {
        let descriptorCount = DescriptorLimit.raise()
        var fitting = limits
        fitting.connectionCount = DescriptorLimit.connectionCount(
            wanted: limits.connectionCount, descriptorCount: descriptorCount)
        fitting.overLimitCount = DescriptorLimit.overLimitCount(
            wanted: limits.overLimitCount, descriptorCount: descriptorCount)
        if fitting.connectionCount < limits.connectionCount {
            application.observe(.connectionLimitLowered(to: fitting.connectionCount, descriptors: descriptorCount))
        }
        return fitting
    }

    private func bootstrap(_ shared: SharedState, _ group: any EventLoopGroup) -> ServerBootstrap {
        // Works around a bug in Swift's runtime (github.com/swiftlang/swift/pull/37656): the process may crash if two
        // threads use a generic class for the first time at once, for example two event loops with their first
        // connections. Therefore this line uses the class before the first connection.
        _ = ByteToMessageHandler(ConnectionPipeline.decoder(limits))
        let loops = Dictionary(
            group.makeIterator().map { (ObjectIdentifier($0), LoopShare($0)) },
            uniquingKeysWith: { first, _ in first })
        return ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: ListeningSocket.backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptHandler(shared))
                }
            }
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            // Without this option the kernel's buffer grows to megabytes for each client that does not read.
            .childChannelOption(.socketOption(.so_sndbuf), value: Self.sendBufferByteCount)
            // At most one read, 64 KiB, can wait for the parser.
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(
                .writeBufferWaterMark,
                value: .init(low: shared.limits.pendingOutputShare / 4, high: shared.limits.pendingOutputShare)
            )
            .childChannelInitializer { channel in
                let loop = loops[ObjectIdentifier(channel.eventLoop)] ?? LoopShare(channel.eventLoop)
                return channel.eventLoop.makeCompletedFuture {
                    try ConnectionPipeline.add(to: channel, shared, loop)
                }
            }
    }

    private func open(
        _ sockets: [ListeningSocket], _ bootstrap: ServerBootstrap, _ shared: SharedState, _ group: any EventLoopGroup
    ) async throws -> OpenListener {
        let bootstrap = Self.withTCPOptions(bootstrap, limits)
        var channels: [any Channel] = []
        do {
            for socket in sockets {
                guard let descriptor = try socket.duplicate() else { continue }
                channels.append(try await bootstrap.withBoundSocket(descriptor).get())
                try socket.restoreBacklog()
            }
        } catch {
            for channel in channels { try? await channel.close().get() }
            throw error
        }
        return OpenListener(channels: channels, sockets: sockets, shared, on: group)
    }

    /// Binds to one port. For `localhost`, binds to IPv4 and IPv6; a machine may lack one of them.
    private static func bind(host: String, port: Int) throws -> [ListeningSocket] {
        guard host == "localhost" else { return [try ListeningSocket(host: host, port: port)] }
        let first: ListeningSocket
        do {
            first = try ListeningSocket(host: "127.0.0.1", port: port)
        } catch let error as IOError where isMissingFamily(error) {
            return [try ListeningSocket(host: "::1", port: port)]
        }
        do {
            return [first, try ListeningSocket(host: "::1", port: try first.port())]
        } catch let error as IOError where isMissingFamily(error) {
            return [first]
        }
    }

    private static func isMissingFamily(_ error: IOError) -> Bool {
        [EADDRNOTAVAIL, EAFNOSUPPORT].contains(error.errnoCode)
    }

    /// Sets `TCP_USER_TIMEOUT` (tcp(7)): the kernel drops a connection whose sent bytes stay unacknowledged, even after
    /// the connection was closed.
    private static func withTCPOptions(_ bootstrap: ServerBootstrap, _ limits: ListenerLimits) -> ServerBootstrap {
        let bootstrap = bootstrap.childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
        #if os(Linux)
            let milliseconds = TimeAmount(limits.sendTimeout).nanoseconds / 1_000_000
            return bootstrap.childChannelOption(
                .tcpOption(.init(rawValue: CInt(TCP_USER_TIMEOUT))), value: Int(max(milliseconds, 1)))
        #else
            return bootstrap
        #endif
    }

    /// True if a running process accepts connections on the socket file. The listener must not replace such a file.
    private static func isServed(_ path: String, group: any EventLoopGroup) async -> Bool {
        let channel = try? await ClientBootstrap(group: group).connect(unixDomainSocketPath: path).get()
        try? await channel?.close().get()
        return channel != nil
    }
}
