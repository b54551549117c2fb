internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import Synchronization

/// An HTTP/1.1 listener on 127.0.0.1 that hands over whole requests with their exact bytes. One request a connection.
package struct LoopbackReceiver: Sendable {
    /// Of one request; a larger one is closed without an answer.
    static let bodyByteCountLimit = 64 * 1024 * 1024

    /// The port that was asked for, or the one that 0 became.
    package let port: Int
    /// What comes in, one after the other. Requests wait here until they are answered.
    package let arrivals: AsyncStream<Arrival>

    private let channel: any Channel
    private let connections: OpenConnections
    private let continuation: AsyncStream<Arrival>.Continuation

    package static func listen(port: Int) async throws(SandboxFailure) -> LoopbackReceiver {
        // Holds no more than one request for each open connection.
        let (arrivals, continuation) = AsyncStream.makeStream(of: Arrival.self)
        let connections = OpenConnections()
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 128)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                connections.add(channel)
                return channel.eventLoop.makeCompletedFuture {
                    let recorder = HeadRecorder()
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(recorder)
                    try pipeline.configureHTTPServerPipeline(withPipeliningAssistance: false, withErrorHandling: false)
                    try pipeline.addHandler(ReceivingHandler(recorder: recorder, arrivals: continuation))
                }
            }
        do {
            let channel = try await bootstrap.bind(host: "127.0.0.1", port: port).get()
            return LoopbackReceiver(
                port: channel.localAddress?.port ?? port, arrivals: arrivals, channel: channel,
                connections: connections,
                continuation: continuation)
        } catch {
            throw .cannotListen(port: port, problem: NetworkProblem.text(error))
        }
    }

    /// Stops listening and closes every connection, answered or not.
    package func stop() async {
        try? await channel.close()
        connections.closeAll()
        continuation.finish()
    }
}

/// A whole request, and the answer that it waits for.
package struct Arrival: Sendable {
    package let request: ReceivedRequest
    package let answer: PendingAnswer
}

/// A request as it came in.
package struct ReceivedRequest: Sendable, Equatable {
    /// The request line and the header lines, byte for byte, without their line ends.
    package let headLines: [[UInt8]]
    /// The body, free of any transfer coding.
    package let body: [UInt8]
}

/// The answer that a received request waits for.
package struct PendingAnswer: Sendable {
    private let channel: any Channel
    private let omitsBody: Bool

    init(channel: any Channel, omitsBody: Bool) {
        self.channel = channel
        self.omitsBody = omitsBody
    }

    /// Answers with a line of JSON and closes the connection; returns when that is done. A client that has gone is no
    /// failure.
    package func send(status: Int, json: String) async {
        let headers = [HeaderLine("Content-Type", "application/json")]
        await send(APIReply(status: status, headers: headers, body: Array((json + "\n").utf8)))
    }

    /// The same for any reply.
    package func send(_ reply: APIReply) async {
        let status = HTTPResponseStatus(statusCode: reply.status)
        var headers = HTTPHeaders([("Connection", "close")])
        let mayHaveBody = status.mayHaveResponseBody
        for line in reply.headers where mayHaveBody || !line.isNamed("Content-Type") {
            headers.add(name: line.name, value: line.value)
        }
        if mayHaveBody { headers.add(name: "Content-Length", value: String(reply.body.count)) }
        let head = HTTPResponseHead(version: .http1_1, status: status, headers: headers)
        channel.write(HTTPServerResponsePart.head(head), promise: nil)
        if mayHaveBody && !omitsBody {
            channel.write(HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(bytes: reply.body))), promise: nil)
        }
        // Closing before the last byte is written would take the answer back.
        try? await channel.writeAndFlush(HTTPServerResponsePart.end(nil))
        try? await channel.close()
    }
}

/// The connections that are open, to be closed together in the end.
private final class OpenConnections: Sendable {
    private let channels = Mutex<[ObjectIdentifier: any Channel]>([:])

    func add(_ channel: any Channel) {
        let key = ObjectIdentifier(channel)
        channels.withLock { $0[key] = channel }
        channel.closeFuture.whenComplete { _ in self.channels.withLock { $0[key] = nil } }
    }

    func closeAll() {
        for channel in channels.withLock({ Array($0.values) }) { channel.close(promise: nil) }
    }
}

/// Keeps the first bytes of a connection as they came, before the parser has decoded, trimmed or joined anything.
private final class HeadRecorder: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// More than the parser takes for a head.
    private static let byteCountLimit = 128 * 1024
    private var bytes: [UInt8] = []

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let view = unwrapInboundIn(data).readableBytesView
        bytes.append(contentsOf: view.prefix(Self.byteCountLimit - bytes.count))
        context.fireChannelRead(data)
    }

    /// The lines of the head, once the parser has found its end; nil where the head is larger than what is kept.
    var headLines: [[UInt8]]? {
        var lines: [[UInt8]] = []
        var rest = bytes[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            var line = rest[..<end]
            rest = rest[(end + 1)...]
            if line.last == UInt8(ascii: "\r") { line.removeLast() }
            if !line.isEmpty {
                lines.append(Array(line))
            } else if !lines.isEmpty {
                return lines
            }
            // Empty lines before the request line are no part of it (RFC 9112 §2.2).
        }
        return nil
    }
}

/// Takes one request off a connection and hands it over.
private final class ReceivingHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let recorder: HeadRecorder
    private let arrivals: AsyncStream<Arrival>.Continuation
    private var isHead = false
    private var body = ByteBuffer()
    /// The request was handed over or given up. What follows it does not matter.
    private var isOver = false

    init(recorder: HeadRecorder, arrivals: AsyncStream<Arrival>.Continuation) {
        self.recorder = recorder
        self.arrivals = arrivals
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOver else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            isHead = head.method == .HEAD
            if head.headers[canonicalForm: "Expect"].contains(where: { $0.lowercased() == "100-continue" }) {
                let word = HTTPResponseHead(version: .http1_1, status: .continue)
                context.writeAndFlush(wrapOutboundOut(.head(word)), promise: nil)
            }
        case .body(let bytes):
            guard body.readableBytes + bytes.readableBytes <= LoopbackReceiver.bodyByteCountLimit else {
                isOver = true
                context.close(promise: nil)
                return
            }
            body.writeImmutableBuffer(bytes)
        case .end:
            isOver = true
            guard let headLines = recorder.headLines else {
                context.close(promise: nil)
                return
            }
            arrivals.yield(
                Arrival(
                    request: ReceivedRequest(headLines: headLines, body: Array(body.readableBytesView)),
                    answer: PendingAnswer(channel: context.channel, omitsBody: isHead)))
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if error is HTTPParserError && isOver { return }
        context.close(promise: nil)
    }
}
