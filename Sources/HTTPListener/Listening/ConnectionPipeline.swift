internal import Deliveries
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL

/// The channel handlers of one connection.
///
/// ```
///  socket ─▶ [ProxyHeaderHandler] ─▶ [NIOSSLServerHandler] ─▶ RequestBytesHandler ─▶ parser ─▶ ConnectionHandler
/// ```
enum ConnectionPipeline {
    /// Registers an accepted connection and adds its handlers. Throws if the connection is closed without a response.
    static func add(to channel: any Channel, _ shared: SharedState, _ loop: LoopShare) throws {
        let client = ClientAddress(channel.remoteAddress?.ipAddress ?? "local", proxies: shared.proxies)
        let registered = shared.connections.add(
            channel, address: client.limitedAddress, isTrusted: client.proxies != nil, now: channel.eventLoop.now)
        if registered?.admission != .accepted {
            shared.application.observe(.tooManyConnections(peer: client.connectionPeer))
        }
        guard let registered else { throw ChannelError.operationUnsupported }
        let isAccepted = registered.admission == .accepted
        let connection = ConnectionHandler(
            shared,
            registration: .init(
                registry: shared.connections, entry: registered.entry, isAccepted: isAccepted),
            client: client, loop: loop, eventLoop: channel.eventLoop)
        // A connection over a limit gets no handshake handlers, because a handshake would take CPU time.
        if isAccepted, client.needsProxyHeader {
            try channel.pipeline.syncOperations.addHandler(ProxyHeaderHandler(connection))
        }
        if isAccepted, let certificates = shared.certificates {
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: certificates.context))
        }
        try channel.pipeline.syncOperations.addHandlers(handlers(around: connection, limits: shared.limits))
    }

    static func handlers(around connection: ConnectionHandler, limits: ListenerLimits) -> [any ChannelHandler] {
        [RequestBytesHandler(connection, limits: limits), ByteToMessageHandler(decoder(limits)), connection]
    }

    static func decoder(_ limits: ListenerLimits) -> HTTPRequestDecoder {
        var configuration = NIOHTTPDecoderLimitConfiguration()
        configuration.maxHeaderFieldSize = limits.headerFieldByteCount
        configuration.maxHeaderListSize = limits.headerByteCount
        configuration.maxHeaderFieldCount = limits.headerFieldCount
        return HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: configuration)
    }
}
