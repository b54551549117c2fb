internal import Deliveries
internal import NIOCore
internal import NIOHTTP1

/// Passes a channel's events to the connection's state and performs the actions it returns.
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let application: ListenerApplication
    private let dates: DateHeader
    private let mailbox: ResponseMailbox
    private var state: ConnectionState
    private let isOverCount: Bool
    private let peer: String
    private var timer: Scheduled<Void>?
    private var timerDeadline: NIODeadline?
    private var context: ChannelHandlerContext?
    /// Cleared when the handlers are removed, which ends the cycle of references.
    var arrivals: ByteArrivalHandler?

    /// Whether a request was handed over and has no response yet.
    var owesResponse: Bool { state.owesResponse }

    init(
        application: ListenerApplication, limits: ListenerLimits, budget: BodyBudget, dates: DateHeader,
        mailbox: ResponseMailbox, peer: String, isOverCount: Bool
    ) {
        self.application = application
        self.dates = dates
        self.mailbox = mailbox
        self.state = ConnectionState(limits: limits, budget: budget, now: .now())
        self.peer = peer
        self.isOverCount = isOverCount
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { connected(context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        timer?.cancel()
        timer = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        connected(context)
        context.fireChannelActive()
    }

    private func connected(_ context: ChannelHandlerContext) {
        guard timer == nil else { return }
        if isOverCount { perform(state.rejectedForCount(now: .now()), context) }
        schedule(context)
    }

    /// Bytes arrived that have not become a request yet.
    func bytesArrived() {
        state.bytesArrived(now: .now())
        if let context { schedule(context) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let action =
            switch unwrapInboundIn(data) {
            case .head(let head): state.headArrived(head, now: .now(), admit: application.admit)
            case .body(let buffer): state.bodyArrived(buffer.readableBytesView, now: .now())
            case .end: state.endArrived()
            }
        guard case .response = action else { return perform(action, context) }
        // Not from within the read: while the end of a response is written the next pipelined request arrives, so responses
        // written at once would nest, one deeper with each request, until the stack overflows.
        context.eventLoop.assumeIsolated().execute { [self] in
            if let context = self.context { perform(action, context) }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else {
            // The connection broke: no response can be sent.
            context.close(promise: nil)
            return
        }
        application.observe(.malformedRequest)
        perform(state.parsingFailed(error, now: .now()), context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        state.connectionClosed()
        timer?.cancel()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is DrainEvent {
            perform(state.drain(now: .now()), context)
        } else if case ChannelEvent.inputClosed? = event as? ChannelEvent {
            // After a response that `channelRead` has deferred.
            context.eventLoop.assumeIsolated().execute { [self] in
                if let context = self.context { perform(state.inputClosed(), context) }
            }
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    private func perform(_ action: ConnectionState.Action, _ context: ChannelHandlerContext) {
        switch action {
        case .none: break
        case .sendContinue:
            context.writeAndFlush(
                wrapOutboundOut(.head(WholeResponseHandler.headOfContinue)), promise: nil)
        case .handOver(let request): handOver(request, context)
        case .response(let response, let omitsBody, let afterwards):
            write(response, omitsBody: omitsBody, afterwards, context)
        case .respondWithoutRequest(let response, let afterwards):
            // Past HTTPServerPipelineHandler, which accepts no response without a request.
            let pipeline = context.pipeline.syncOperations
            guard let past = try? pipeline.context(handlerType: HTTPServerPipelineHandler.self) else { break }
            write(response, omitsBody: false, afterwards, past)
        case .close: context.close(promise: nil)
        }
        schedule(context)
    }

    private func handOver(_ request: ConnectionState.InboundHeadAndBody, _ context: ChannelHandlerContext) {
        let whole = InboundRequest(
            method: request.method, target: request.target, headers: request.headers, body: request.body, peer: peer,
            receivedAt: application.now())
        let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
        state.respond?(whole) { [mailbox] response in mailbox.post(response, to: handler) }
    }

    /// The application's response to the request that was handed over.
    func response(_ response: Response) {
        guard let context else { return }
        perform(state.responded(response, now: .now()), context)
        if !state.owesResponse && !state.isClosed { arrivals?.passKeptOn() }
    }

    private func write(
        _ response: Response, omitsBody: Bool, _ afterwards: ConnectionState.Afterwards,
        _ context: ChannelHandlerContext
    ) {
        if response.status >= 400 { application.observe(.respondedWithoutKeeping(status: response.status)) }
        let response = response.response(
            date: dates.value(at: application.now()), omitsBody: omitsBody, closes: afterwards != .keepAlive,
            allocator: context.channel.allocator)
        context.write(wrapOutboundOut(.head(WholeResponseHandler.head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(response))), promise: nil)
        let end = wrapOutboundOut(.end(nil))
        switch afterwards {
        case .keepAlive:
            context.writeAndFlush(end, promise: nil)
        case .close:
            let written = context.eventLoop.makePromise(of: Void.self)
            let channel = context.channel
            written.futureResult.whenComplete { _ in channel.close(promise: nil) }
            context.writeAndFlush(end, promise: written)
        case .linger:
            let written = context.eventLoop.makePromise(of: Void.self)
            let channel = context.channel
            written.futureResult.whenComplete { _ in channel.close(mode: .output, promise: nil) }
            context.writeAndFlush(end, promise: written)
        }
    }

    /// Keeps one timer at or before the deadline; it is moved when it fires, not with every request.
    private func schedule(_ context: ChannelHandlerContext) {
        guard let deadline = state.deadline else { return }
        if let timerDeadline, timer != nil, timerDeadline <= deadline { return }
        timer?.cancel()
        timerDeadline = deadline
        timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { [weak self] in
            guard let self, let context = self.context else { return }
            self.timer = nil
            self.perform(self.state.timePassed(now: .now()), context)
        }
    }
}

/// Sent down every channel when the server stops.
struct DrainEvent: Sendable {}
