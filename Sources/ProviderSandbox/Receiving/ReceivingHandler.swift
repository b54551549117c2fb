internal import NIOCore
internal import NIOHTTP1

/// Takes one request off a connection.
///
/// ```
/// reading ──end──▶ handed over ──PendingAnswer──▶ closed
///    │ too large
///    ▼
/// lingering: answered, reads on for a moment without looking ──▶ closed
/// ```
final class ReceivingHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private enum State {
        case reading(isHead: Bool, body: ByteBuffer)
        case handedOver
        case lingering
    }

    private let recorder: HeadRecorder
    private let limits: ReceiverLimits
    private let report: @Sendable (Arrival) -> Void
    private var state = State.reading(isHead: false, body: ByteBuffer())
    private var timer: Scheduled<Void>?

    init(recorder: HeadRecorder, limits: ReceiverLimits, report: @escaping @Sendable (Arrival) -> Void) {
        self.recorder = recorder
        self.limits = limits
        self.report = report
    }

    func channelActive(context: ChannelHandlerContext) {
        close(context, after: limits.requestTime)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .reading(let isHead, var body) = state else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            headArrived(head, context)
        case .body(let bytes):
            guard body.readableBytes + bytes.readableBytes <= limits.bodyByteCount else {
                refuse(.bodyTooLarge, status: 413, context)
                return
            }
            // Moved out of the state while it grows, so that the buffer is not copied.
            state = .lingering
            body.writeImmutableBuffer(bytes)
            state = .reading(isHead: isHead, body: body)
        case .end:
            guard let headLines = recorder.headLines else {
                refuse(.headTooLarge, status: 431, context)
                return
            }
            timer?.cancel()
            state = .handedOver
            let request = ReceivedRequest(headLines: headLines, body: Array(body.readableBytesView))
            report(.request(request, answer: PendingAnswer(channel: context.channel, omitsBody: isHead)))
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent {
            // A client that is done sending may still read; one that broke off a request is gone.
            if case .handedOver = state { return }
            context.close(promise: nil)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch (error as? HTTPParserError, state) {
        case (.invalidEOFState?, .reading):
            state = .lingering
            report(.refusal(.brokenOff))
            context.close(promise: nil)
        case (.some, .reading):
            refuse(.notHTTP, status: 400, context)
        case (.some, .handedOver), (.some, .lingering):
            // What comes after the one request of a connection does not matter.
            break
        case (nil, _):
            // The connection broke; there is nobody to tell.
            context.close(promise: nil)
        }
    }

    private func headArrived(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        state = .reading(isHead: head.method == .HEAD, body: ByteBuffer())
        let announced = head.headers.first(name: "Content-Length").flatMap { Int($0) } ?? 0
        if announced > limits.bodyByteCount {
            refuse(.bodyTooLarge, status: 413, context)
        } else if head.headers[canonicalForm: "Expect"].contains(where: { $0.lowercased() == "100-continue" }) {
            let word = HTTPResponseHead(version: .http1_1, status: .continue)
            context.writeAndFlush(wrapOutboundOut(.head(word)), promise: nil)
        }
    }

    private func refuse(_ refusal: Refusal, status: Int, _ context: ChannelHandlerContext) {
        state = .lingering
        report(.refusal(refusal))
        let parts = AnswerParts.make(status: status, json: #"{"error":"refused"}"#, omitsBody: false)
        for part in parts { context.write(wrapOutboundOut(part), promise: nil) }
        context.flush()
        context.close(mode: .output, promise: nil)
        close(context, after: limits.lingerTime)
    }

    private func close(_ context: ChannelHandlerContext, after time: Duration) {
        timer?.cancel()
        let channel = context.channel
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(time)) {
            if case .reading = self.state {
                self.state = .lingering
                self.report(.refusal(.tooSlow))
            }
            channel.close(promise: nil)
        }
    }
}
