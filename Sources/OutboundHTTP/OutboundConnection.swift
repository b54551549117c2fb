internal import Deliveries
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL
internal import NIOTLS

/// A connection to one address, used for one exchange at a time.
struct OutboundConnection: Sendable {
    /// The address of the other end, and the protocol to use.
    struct Endpoint: Sendable, Hashable {
        let address: NetworkAddress
        let port: Int
        let isTLS: Bool
        /// The server name for TLS; nil if the URL contains an address.
        let serverName: String?
    }

    let endpoint: Endpoint
    let channel: any Channel
    private let handler: NIOLoopBound<ExchangeHandler>

    /// Connects, completes the TLS handshake, sends a request and reads the response until the deadline. The request is
    /// sent as soon as the connection is complete, because the server limits the time to the first byte.
    ///
    /// - Parameters:
    ///   - connectDeadline: the deadline of the connection and the handshake.
    ///   - idle: receives the connection after the exchange.
    ///   - onConnect: called when the connection is complete.
    static func exchange(
        _ head: HTTPRequestHead, _ body: [UInt8], _ reading: BodyReading, by deadline: NIODeadline,
        connectingTo endpoint: Endpoint, _ tls: NIOSSLContext?, by connectDeadline: NIODeadline,
        _ idle: IdleConnections, onConnect: @escaping @Sendable () -> Void
    ) async throws -> OutboundResponse {
        let connected = try connect(to: endpoint, tls, by: connectDeadline, idle)
        let response = try await Waiter<OutboundResponse?>.wait { waiter in
            connected.whenComplete { result in
                switch result {
                case .success(let connection):
                    onConnect()
                    connection.handler.value.begin(head, body, ResponseReader(reading), waiter, deadline)
                case .failure(let error): waiter.end(.failure(error))
                }
            }
        } onCancel: { waiter in
            connected.whenSuccess { $0.handler.value.cancel(waiter) }
        }
        guard let response else { throw OutboundFailure.closedBeforeRequest }
        return response
    }

    private static func connect(
        to endpoint: Endpoint, _ tls: NIOSSLContext?, by deadline: NIODeadline, _ idle: IdleConnections
    ) throws -> EventLoopFuture<OutboundConnection> {
        let address = try SocketAddress(ipAddress: endpoint.address.text, port: endpoint.port)
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let ready = loop.makePromise(of: OutboundConnection.self)
        ClientBootstrap(group: loop)
            .connectTimeout(deadline - .now())
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let tls {
                        try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: endpoint.serverName))
                    }
                    var encoding = HTTPRequestEncoder.Configuration()
                    encoding.automaticallySetFramingHeaders = false
                    let exactHeaders = ExactHeaders()
                    let handler = ExchangeHandler(
                        endpoint, exactHeaders, ready: ready, idle: idle, handshake: tls == nil ? nil : deadline)
                    try pipeline.addHandlers([
                        exactHeaders, HTTPRequestEncoder(configuration: encoding),
                        ByteToMessageHandler(HTTPResponseDecoder(leftOverBytesStrategy: .dropBytes)), handler,
                    ])
                }
            }
            .connect(to: address).cascadeFailure(to: ready)
        return ready.futureResult
    }

    fileprivate init(_ endpoint: Endpoint, _ channel: any Channel, _ handler: NIOLoopBound<ExchangeHandler>) {
        self.endpoint = endpoint
        self.channel = channel
        self.handler = handler
    }

    /// Sends a request and reads the response until the deadline.
    ///
    /// - Returns: nil if the connection was closed before the request was sent.
    func exchange(
        _ head: HTTPRequestHead, _ body: [UInt8], _ reading: BodyReading, by deadline: NIODeadline
    ) async throws -> OutboundResponse? {
        try await Waiter.wait { waiter in
            channel.eventLoop.execute { [handler] in
                handler.value.begin(head, body, ResponseReader(reading), waiter, deadline)
            }
        } onCancel: { [handler] waiter in
            channel.eventLoop.execute { handler.value.cancel(waiter) }
        }
    }

    func close() {
        channel.close(promise: nil)
    }
}

/// Handles one exchange after another on a connection:
///
///     handshake ─▶ idle ─ begin ─▶ request ▸ head ▸ body ▸ end ─▶ idle
///                    └── closed by the server, after two seconds, or after unexpected bytes
private final class ExchangeHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private struct Exchange {
        var reader: ResponseReader
        let waiter: Waiter<OutboundResponse?>
        let end: Scheduled<Void>
    }

    /// The maximum idle time of a connection. The limit is shorter than the idle time of usual servers, because a
    /// request may be lost if the server closes the connection at the same moment.
    private static let idleTime: TimeAmount = .seconds(2)

    private let endpoint: OutboundConnection.Endpoint
    private let exactHeaders: ExactHeaders
    private var ready: EventLoopPromise<OutboundConnection>?
    private let idle: IdleConnections
    private let handshake: NIODeadline?
    private var timer: Scheduled<Void>?
    private var context: ChannelHandlerContext?
    private var socket: NIOBSDSocket.Handle?
    private var exchange: Exchange?
    private var isWritten = true
    /// True until the first exchange begins.
    private var isUnused = true
    private var lastUse = NIODeadline.now()

    init(
        _ endpoint: OutboundConnection.Endpoint, _ exactHeaders: ExactHeaders,
        ready: EventLoopPromise<OutboundConnection>, idle: IdleConnections, handshake: NIODeadline?
    ) {
        self.endpoint = endpoint
        self.exactHeaders = exactHeaders
        self.ready = ready
        self.idle = idle
        self.handshake = handshake
    }

    private func connection(_ context: ChannelHandlerContext) -> OutboundConnection {
        OutboundConnection(endpoint, context.channel, NIOLoopBound(self, eventLoop: context.eventLoop))
    }

    // MARK: Connecting

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        socket = try? context.pipeline.syncOperations.withUnsafeTransportIfAvailable { $0 }
        guard let handshake else { return becomeReady(context) }
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(deadline: handshake) {
            bound.value.fail(OutboundFailure.noConnectionInTime)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent { becomeReady(context) }
        context.fireUserInboundEventTriggered(event)
    }

    private func becomeReady(_ context: ChannelHandlerContext) {
        timer?.cancel()
        closeWhenIdle(context, after: Self.idleTime)
        ready?.succeed(connection(context))
        ready = nil
    }

    private func closeWhenIdle(_ context: ChannelHandlerContext, after time: TimeAmount) {
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(in: time) {
            let handler = bound.value
            guard let context = handler.context else { return }
            let unused = NIODeadline.now() - handler.lastUse
            if handler.exchange == nil, unused >= Self.idleTime, handler.idle.remove(context.channel) {
                return context.close(promise: nil)
            }
            handler.closeWhenIdle(context, after: unused < Self.idleTime ? Self.idleTime - unused : Self.idleTime)
        }
    }

    // MARK: Exchanging

    func begin(
        _ head: HTTPRequestHead, _ body: [UInt8], _ reader: ResponseReader, _ waiter: Waiter<OutboundResponse?>,
        _ deadline: NIODeadline
    ) {
        isUnused = false
        guard let context, context.channel.isActive, exchange == nil, socket.map(PeerState.isClosed) != true else {
            waiter.end(.success(nil))
            return
        }
        // If the task was cancelled, the request is not sent.
        guard waiter.isWaiting else { return context.close(promise: nil) }
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        let end = context.eventLoop.scheduleTask(deadline: deadline) {
            bound.value.fail(OutboundFailure.noResponseInTime)
        }
        exchange = Exchange(reader: reader, waiter: waiter, end: end)
        isWritten = false
        exactHeaders.expect(head)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if !body.isEmpty {
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil)
        }
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenSuccess { self.isWritten = true }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: written)
    }

    /// Closes the connection of a cancelled task, unless the task's exchange has ended. The connection may then belong
    /// to another task.
    func cancel(_ waiter: Waiter<OutboundResponse?>) {
        if isUnused || exchange?.waiter === waiter { context?.close(promise: nil) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard exchange != nil else { return context.close(promise: nil) }
        switch unwrapInboundIn(data) {
        case .head(let head): exchange?.reader.begin(head)
        case .body(let part):
            do throws(OutboundFailure) {
                if try exchange?.reader.add(part) == false { finish(context, keepsConnection: false) }
            } catch {
                fail(error)
            }
        case .end: finish(context, keepsConnection: isWritten && exchange?.reader.keepsConnection == true)
        }
    }

    private func finish(_ context: ChannelHandlerContext, keepsConnection: Bool) {
        guard let ended = exchange, let response = ended.reader.response else { return }
        exchange = nil
        ended.end.cancel()
        lastUse = .now()
        if !keepsConnection || !idle.put(connection(context)) { context.close(promise: nil) }
        ended.waiter.end(.success(response))
    }

    private func fail(_ error: any Error) {
        ready?.fail(error)
        ready = nil
        if let ended = exchange {
            exchange = nil
            ended.end.cancel()
            ended.waiter.end(.failure(error))
        }
        context?.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.context = context
        fail(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        timer?.cancel()
        _ = idle.remove(context.channel)
        fail(OutboundFailure.closed)
    }
}
