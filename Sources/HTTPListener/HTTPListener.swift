package import Deliveries
package import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// The functions of the application, called on event loops, which they must not block.
package struct ListenerApplication: Sendable {
    let now: @Sendable () -> Timestamp
    let admit: @Sendable (InboundHead) -> Admission
    let observe: @Sendable (ListenerEvent) -> Void

    /// - Parameter admit: says from the head whether the body is read, and what responds to the whole request.
    package init(
        now: @escaping @Sendable () -> Timestamp, admit: @escaping @Sendable (InboundHead) -> Admission,
        observe: @escaping @Sendable (ListenerEvent) -> Void = { _ in }
    ) {
        self.now = now
        self.admit = admit
        self.observe = observe
    }
}

/// Events of the listener other than requests.
package enum ListenerEvent: Sendable, Equatable {
    case malformedRequest
    case respondedWithoutKeeping(status: Int)
    case tooManyConnections
}

/// Where to listen.
package enum ListenAddress: Sendable, Equatable {
    case tcp(host: String, port: Int)
    case unixSocket(path: String)
    /// A listening socket that this process inherited.
    case inherited(descriptor: Int32)
}

/// Why the listener cannot open. The only error of this module.
package enum ListenError: Error, Equatable {
    case addressInUse
    case notPermitted
    case addressNotAvailable
    case other(String)
}

/// An HTTP/1.1 listener. One handler a connection, one connection an event loop, every limit in `ListenerLimits`.
package struct HTTPListener: Sendable {
    private let limits: ListenerLimits
    private let application: ListenerApplication

    package init(limits: ListenerLimits, application: ListenerApplication) {
        self.limits = limits
        self.application = application
    }

    /// Begins to listen. A socket file that a dead process left behind is replaced; the new one is its owner's alone.
    package func listen(on address: ListenAddress, group: any EventLoopGroup) async throws(ListenError)
        -> OpenListener
    {
        if case .unixSocket(let path) = address, await Self.isServed(path, group: group) { throw .addressInUse }
        // Swift's runtime can crash when two threads use this generic class for the first time at once, as two event loops with
        // their first connections do (the case in github.com/swiftlang/swift/pull/37656). So it is used once before.
        _ = ByteToMessageHandler(Self.decoder(limits))
        let connections = ConnectionRegistry(limit: limits.connectionCount)
        let budget = BodyBudget(limit: limits.bufferedBodyByteCount)
        let dates = DateHeader()
        let mailboxes = Dictionary(
            group.makeIterator().map { (ObjectIdentifier($0), ResponseMailbox($0)) },
            uniquingKeysWith: { first, _ in first })
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { [limits, application] channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let admission = connections.add(channel) else {
                        application.observe(.tooManyConnections)
                        throw ChannelError.operationUnsupported
                    }
                    let connection = ConnectionHandler(
                        application: application, limits: limits, budget: budget, dates: dates,
                        mailbox: mailboxes[ObjectIdentifier(channel.eventLoop)] ?? ResponseMailbox(channel.eventLoop),
                        peer: channel.remoteAddress?.ipAddress ?? "local", isOverCount: admission == .overCount)
                    try channel.pipeline.syncOperations.addHandlers(Self.handlers(around: connection, limits: limits))
                }
            }
        do {
            let channel: any Channel
            switch address {
            case .tcp(let host, let port):
                channel = try await bootstrap.childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                    .bind(host: host, port: port).get()
            case .unixSocket(let path):
                channel = try await bootstrap.bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).get()
                chmod(path, 0o600)
            case .inherited(let descriptor):
                channel = try await bootstrap.withBoundSocket(descriptor).get()
            }
            return OpenListener(channel: channel, connections: connections)
        } catch {
            throw ListenError(error)
        }
    }

    /// Whether a living process accepts connections on the socket file: such a one is not replaced.
    private static func isServed(_ path: String, group: any EventLoopGroup) async -> Bool {
        let channel = try? await ClientBootstrap(group: group).connect(unixDomainSocketPath: path).get()
        try? await channel?.close().get()
        return channel != nil
    }

    /// The channel handlers of one connection.
    static func handlers(around connection: ConnectionHandler, limits: ListenerLimits) -> [any ChannelHandler] {
        [
            ByteArrivalHandler(connection),
            WholeResponseHandler(),
            ByteToMessageHandler(decoder(limits)),
            HTTPServerPipelineHandler(),
            connection,
        ]
    }

    private static func decoder(_ limits: ListenerLimits) -> HTTPRequestDecoder {
        var configuration = NIOHTTPDecoderLimitConfiguration()
        configuration.maxHeaderFieldSize = limits.headerFieldByteCount
        configuration.maxHeaderListSize = limits.headerByteCount
        configuration.maxHeaderFieldCount = limits.headerFieldCount
        return HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: configuration)
    }
}

extension ListenError {
    init(_ error: any Error) {
        switch (error as? IOError)?.errnoCode {
        case EADDRINUSE: self = .addressInUse
        case EACCES, EPERM: self = .notPermitted
        case EADDRNOTAVAIL: self = .addressNotAvailable
        default: self = .other("\(error)")
        }
    }
}

/// A listener that accepts connections.
package struct OpenListener: Sendable {
    private let channel: any Channel
    private let connections: ConnectionRegistry

    init(channel: any Channel, connections: ConnectionRegistry) {
        self.channel = channel
        self.connections = connections
    }

    /// The port, also if 0 was configured; nil for a Unix-domain socket.
    package var port: Int? {
        channel.localAddress?.port
    }

    /// Stops listening, finishes requests that are being committed, responds 503 to the others. Closes what is open after `grace`.
    package func shutDown(grace: Duration) async {
        try? await channel.close().get()
        await connections.drain(grace: grace, on: channel.eventLoop)
    }
}
