internal import Deliveries
internal import NIOCore
internal import NIOHTTP1

/// Passes a channel's events to the connection's state and performs the actions it returns.
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    private let application: ListenerApplication
    private let dates: DateHeader
    private let mailbox: ResponseMailbox
    private let counters: ListenerCounters
    private var state: ConnectionState
    private let isOverCount: Bool
    private let peer: String
    private let eventLoop: any EventLoop
    private var timer: Scheduled<Void>?
    private var timerDeadline: NIODeadline?
    private var context: ChannelHandlerContext?
    /// Cleared when the handlers are removed, which ends the cycle of references.
    var requestBytes: RequestBytesHandler?

    init(
        application: ListenerApplication, limits: ListenerLimits, budget: BodyBudget, counters: ListenerCounters,
        dates: DateHeader, mailbox: ResponseMailbox, peer: String, isOverCount: Bool, eventLoop: any EventLoop
    ) {
        self.application = application
        self.counters = counters
        self.dates = dates
        self.mailbox = mailbox
        self.state = ConnectionState(limits: limits, budget: budget, counters: counters, now: eventLoop.now)
        self.eventLoop = eventLoop
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
        if isOverCount { perform(state.rejectedForCount(now: now), context) }
        schedule(context)
    }

    private var now: NIODeadline { eventLoop.now }

    var wantedInput: ConnectionState.WantedInput { state.wantedInput }

    /// Bytes of a request head arrived.
    func bytesArrived() {
        state.bytesArrived(now: now)
        if let context { schedule(context) }
    }

    func malformedInput(_ cause: MalformedInput) {
        guard let context else { return }
        noteMalformed(cause)
        perform(state.malformedInput(cause, now: now), context)
    }

    /// Whether a chunked body may have this much framing; if not, the connection was answered.
    func admitsFraming(_ framingByteCount: Int, dataByteCount: Int) -> Bool {
        let isAdmitted = state.admitsFraming(framingByteCount, dataByteCount: dataByteCount)
        if !isAdmitted { malformedInput(.framing) }
        return isAdmitted
    }

    func writabilityChanged(_ isWritable: Bool) {
        state.writabilityChanged(isWritable, now: now)
        if let context { schedule(context) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): perform(state.headArrived(head, now: now, admit: application.admit), context)
        case .body(let buffer): perform(state.bodyArrived(buffer.readableBytesView, now: now), context)
        case .end: perform(state.endArrived(now: now), context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else {
            // The connection broke: no response can be sent.
            context.close(promise: nil)
            return
        }
        // The parser reports some errors twice.
        guard state.wantedInput != .discarded else { return }
        noteMalformed(.syntax)
        perform(state.parsingFailed(error, now: now), context)
    }

    private func noteMalformed(_ cause: MalformedInput) {
        counters.add(.malformed)
        application.observe(.malformedRequest(cause, peer: peer))
    }

    func channelInactive(context: ChannelHandlerContext) {
        state.close()
        timer?.cancel()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is DrainEvent {
            perform(state.drain(now: now), context)
        } else if case ChannelEvent.inputClosed? = event as? ChannelEvent {
            perform(state.inputClosed(), context)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    private func perform(_ action: ConnectionState.Action, _ context: ChannelHandlerContext) {
        switch action {
        case .none: break
        case .sendContinue:
            context.writeAndFlush(
                wrapOutboundOut(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")), promise: nil)
        case .handOver(let request): handOver(request, context)
        case .response(let response, let omitsBody, let afterwards):
            write(response, omitsBody: omitsBody, afterwards, context)
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

    /// The application's response to the request that was handed over. Also called when the connection is closed.
    func response(_ response: Response) {
        let action = state.responded(response, now: now)
        guard let context else { return }
        perform(action, context)
        requestBytes?.feed()
    }

    private func write(
        _ response: Response, omitsBody: Bool, _ afterwards: ConnectionState.Afterwards,
        _ context: ChannelHandlerContext
    ) {
        if response.status >= 400 { application.observe(.respondedWithoutKeeping(status: response.status)) }
        let bytes = wrapOutboundOut(
            response.encoded(
                date: dates.value(at: application.now()), omitsBody: omitsBody, afterwards,
                allocator: context.channel.allocator))
        guard afterwards == .close || afterwards == .linger else {
            return context.writeAndFlush(bytes, promise: nil)
        }
        let written = context.eventLoop.makePromise(of: Void.self)
        let channel = context.channel
        written.futureResult.whenComplete { _ in
            channel.close(mode: afterwards == .linger ? .output : .all, promise: nil)
        }
        context.writeAndFlush(bytes, promise: written)
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
            self.perform(self.state.timePassed(now: now), context)
        }
    }
}

/// Sent down every channel when the server stops.
struct DrainEvent: Sendable {}
