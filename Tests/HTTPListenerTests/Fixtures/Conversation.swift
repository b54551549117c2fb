import Deliveries
import NIOCore
import NIOEmbedded
import Synchronization
import TestKit
import Testing

@testable import HTTPListener

/// A connection without a socket. A test writes and reads the bytes and advances the time.
///
/// The test responds to a POST to `/held`. A request to `/rejected` is rejected after its head. Other requests get a
/// response at once; the response to `/header` contains the bytes of `X` lines in hexadecimal.
final class Conversation {
    let budget: BodyBudget
    let counters = ListenerCounters()
    private let channel = EmbeddedChannel()
    private let connections: ConnectionRegistry
    private let held = Held()
    private let socket = FakeSocket()
    private weak var connection: ConnectionHandler?

    /// The number of reads that the pipeline has requested.
    var readCount: Int { socket.readCount }

    /// The number of written bytes that the client has not read.
    var pendingByteCount: Int { socket.pending.reduce(0) { $0 + $1.bytes.readableBytes } }

    private final class Held: Sendable {
        let respond: Mutex<(@Sendable (Response) -> Void)?> = Mutex(nil)
    }

    init(
        mailbox: ResponseMailbox? = nil, limits: ListenerLimits = ListenerLimits(),
        proxies: TrustedProxies = TrustedProxies()
    ) throws {
        let shared = SharedState(
            Self.application(held), limits: limits, proxies: proxies, counters: counters)
        budget = shared.budget
        connections = shared.connections
        let client = ClientAddress("192.0.2.1", proxies: proxies)
        let registered = try #require(
            shared.connections.add(channel, address: client.limitedAddress, now: channel.eventLoop.now))
        let connection = ConnectionHandler(
            shared,
            registration: .init(registry: shared.connections, entry: registered.entry),
            client: client,
            loop: LoopShare(mailbox ?? ResponseMailbox(channel.eventLoop), PipelinedTurns(channel.eventLoop)),
            eventLoop: channel.eventLoop)
        self.connection = connection
        try channel.pipeline.syncOperations.addHandler(socket)
        if client.needsProxyHeader {
            try channel.pipeline.syncOperations.addHandler(ProxyHeaderHandler(connection))
        }
        try channel.pipeline.syncOperations.addHandlers(ConnectionPipeline.handlers(around: connection, limits: limits))
        try channel.connect(to: SocketAddress(ipAddress: "192.0.2.1", port: 1)).wait()
    }

    /// The number of bytes that wait for the parser.
    var keptByteCount: Int {
        (try? channel.pipeline.syncOperations.handler(type: RequestBytesHandler.self).keptByteCount) ?? 0
    }

    private static func application(_ held: Held) -> ListenerApplication {
        TestServer.application(
            admit: { head in
                head.target.path == "/rejected" ? .reject(.json(404, "{}")) : .reading(upTo: 1000)
            },
            respond: { request, respond in
                if request.target.path == "/peer" { return respond(.text(200, request.peer)) }
                if request.target.path == "/header" {
                    let values = request.headers.values(named: "X").map { Hex.encode(HeaderValue.bytes($0)) }
                    return respond(.text(200, values.joined(separator: ",")))
                }
                guard request.target.path == "/held" else { return TestServer.echo(request, respond) }
                held.respond.withLock { $0 = respond }
            })
    }

    var countsByPhase: [ConnectionPhase: Int] { connections.countsByPhase }

    /// True once the connection's handlers are deallocated, after the connection was closed.
    var isFreed: Bool { connection == nil }

    var isOpen: Bool { channel.isActive }

    /// Sends bytes and reads the responses.
    func exchange(_ bytes: some Sequence<UInt8>) -> String {
        // Ignores an error of the channel, because the error ends the connection and the responses show this.
        _ = try? channel.writeInbound(ByteBuffer(bytes: bytes))
        return responses()
    }

    /// Responds to the request to `/held`, and reads the responses.
    func responseHeld(_ text: String = "held") -> String {
        held.respond.withLock { $0 }?(.text(200, text))
        return responses()
    }

    /// Closes the output of the client, and reads the responses.
    func closeInput() -> String {
        channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        return responses()
    }

    /// Requests a read. A channel with `autoRead` requests a read after each read.
    func askForRead() {
        channel.pipeline.read()
    }

    /// Makes the client stop reading. Bytes that are written later stay pending. If there are more than the limit, the
    /// output is full.
    func stopReading() {
        socket.isBlocked = true
    }

    /// Notifies the pipeline that the output is full, or that it is no longer full.
    func setWritable(_ isWritable: Bool) {
        channel.isWritable = isWritable
        channel.pipeline.fireChannelWritabilityChanged()
    }

    /// Advances the time in steps of one second, until the connection is closed or the duration has passed.
    func wait(atMost duration: Duration) {
        for _ in 0..<duration.components.seconds where channel.isActive {
            channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        }
    }

    /// Ends the connection from the side of the client.
    func end() {
        _ = try? channel.finish(acceptAlreadyClosed: true)
    }

    /// The statuses in the text of several responses.
    static func statuses(_ responses: String) -> [Substring] {
        // Also filters the text of bodies, because a body may contain the version.
        responses.split(separator: "HTTP/1.1 ").map { $0.prefix(3) }.filter { $0.allSatisfy(\.isNumber) }
    }

    /// The responses since the last call, after all rounds of pipelined requests.
    func responses() -> String {
        var text = responsesOfRound()
        while isWaitingForTurn { text += responsesOfRound(after: PipelinedTurns.pause) }
        return text
    }

    /// Returns the responses that are ready after `pause`. A pause starts the next round of pipelined requests.
    func responsesOfRound(after pause: TimeAmount = .zero) -> String {
        channel.embeddedEventLoop.advanceTime(by: pause)
        var text = ""
        while let buffer = try? channel.readOutbound(as: ByteBuffer.self) { text += String(buffer: buffer) }
        return text
    }

    /// Sends bytes and reads the responses, without another round of pipelined requests.
    func exchangeInOneRound(_ bytes: some Sequence<UInt8>) -> String {
        _ = try? channel.writeInbound(ByteBuffer(bytes: bytes))
        return responsesOfRound()
    }

    private var isWaitingForTurn: Bool {
        (try? channel.pipeline.syncOperations.handler(type: RequestBytesHandler.self).isWaitingForTurn) ?? false
    }
}

/// The socket below the pipeline. Counts reads, and holds back the output while the client does not read.
private final class FakeSocket: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer

    var readCount = 0
    var isBlocked = false
    var pending: [(bytes: ByteBuffer, promise: EventLoopPromise<Void>?)] = []

    func read(context: ChannelHandlerContext) {
        readCount += 1
        context.read()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard isBlocked else { return context.write(data, promise: promise) }
        pending.append((unwrapOutboundIn(data), promise))
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        if mode == .all {
            for write in pending { write.promise?.fail(ChannelError.ioOnClosedChannel) }
            pending = []
        }
        context.close(mode: mode, promise: promise)
    }
}
