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
        let pipeline = channel.pipeline.syncOperations
        guard registered.admission == .accepted else {
            try channel.syncOptions?.setOption(.autoRead, value: false)
            return try pipeline.addHandler(OverLimitHandler(shared))
        }
        let connection = ConnectionHandler(
            shared, registration: .init(registry: shared.connections, entry: registered.entry), client: client,
            loop: loop, eventLoop: channel.eventLoop)
        if client.needsProxyHeader { try pipeline.addHandler(ProxyHeaderHandler(connection)) }
        if let certificates = shared.certificates {
            try pipeline.addHandler(NIOSSLServerHandler(context: certificates.context))
        }
        try pipeline.addHandlers(handlers(around: connection, limits: shared.limits))
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
