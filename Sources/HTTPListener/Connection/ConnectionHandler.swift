internal import Deliveries
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL
internal import NIOTLS

/// Passes the events of a channel to the connection's state and performs the actions that the state returns.
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    let application: ListenerApplication
    private let dates: DateHeader
    private let mailbox: ResponseMailbox
    let turns: PipelinedTurns
    let counters: ListenerCounters
    var state: ConnectionState
    let registration: Registration
    var client: ClientAddress
    private let eventLoop: any EventLoop
    /// True after the registry was notified of a verified delivery. The connection notifies the registry only once,
    /// because the call takes a lock.
    private var hasProvedSender = false
    private var timer: Scheduled<Void>?
    private var timerDeadline: NIODeadline?
    private(set) var context: ChannelHandlerContext?
    /// Cleared when the handlers are removed, to break the reference cycle.
    var requestBytes: RequestBytesHandler?

    /// The connection's place in the registry.
    struct Registration {
        let registry: ConnectionRegistry
        let entry: ConnectionEntry
    }

    init(
        _ shared: SharedState, registration: Registration, client: ClientAddress, loop: LoopShare,
        eventLoop: any EventLoop
    ) {
        self.application = shared.application
        self.counters = shared.counters
        self.dates = shared.dates
        self.mailbox = loop.mailbox
        self.turns = loop.turns
        self.registration = registration
        self.client = client
        self.eventLoop = eventLoop
        self.state = ConnectionState(
            limits: shared.limits, budget: shared.budget, counters: counters,
            handshakeCount: (client.needsProxyHeader ? 1 : 0) + (shared.certificates == nil ? 0 : 1), now: eventLoop.now
        )
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
        schedule(context)
    }

    var now: NIODeadline { eventLoop.now }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): headArrived(head, context)
        case .body(let buffer): performOwn(state.bodyArrived(buffer.readableBytesView, now: now), context)
        case .end: perform(state.endArrived(now: now), context)
        }
    }

    private func headArrived(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        if registration.registry.isStopping { state.isStopping = true }
        var isApplicationsResponse = false
        let action = state.headArrived(head, from: client, now: now) { inbound in
            let admission = application.admit(inbound)
            if case .reject = admission { isApplicationsResponse = true }
            return admission
        }
        if !isApplicationsResponse, case .response(let response, _, _) = action {
            application.observe(
                .rejected(status: response.status, peer: client.peer(of: head), target: RequestTarget(head.uri)))
        }
        perform(action, context)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else {
            // The connection broke, so no response can be sent.
            if state.isConnecting { noteFailedHandshake(error) }
            state.close()
            context.close(promise: nil)
            return
        }
        // The parser reports some errors twice; the second report is ignored.
        guard state.wantedInput != .discarded else { return }
        guard error != .headerOverflow else {
            counters.add(.malformed)
            return performOwn(state.headersTooLarge(now: now), context)
        }
        malformedInput(error == .invalidEOFState ? .truncated : .syntax)
    }

    private func noteFailedHandshake(_ error: any Error) {
        guard let error = error as? NIOSSLError else { return }
        counters.add(.handshakeFailed)
        application.observe(.handshakeFailed(reason: HandshakeFailure.reason(error), peer: client.connectionPeer))
    }

    func channelInactive(context: ChannelHandlerContext) {
        state.close()
        timer?.cancel()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? StopEvent {
            let isQuiet = requestBytes?.keptByteCount == 0
            performOwn(
                event == .finish ? state.finish(isQuiet: isQuiet, now: now) : state.drain(now: now), context)
        } else if case ChannelEvent.inputClosed? = event as? ChannelEvent {
            perform(state.inputClosed(), context)
        } else if case TLSUserEvent.handshakeCompleted? = event as? TLSUserEvent {
            handshakeCompleted(context)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    private func handshakeCompleted(_ context: ChannelHandlerContext) {
        state.handshakeCompleted(now: now)
        if let handler = try? context.pipeline.syncOperations.handler(type: NIOSSLServerHandler.self),
            let certificate = handler.peerCertificate, let bytes = try? certificate.toDERBytes()
        {
            client.certificate = ClientCertificate(bytes)
        }
        schedule(context)
    }

    /// Reports a response that the listener itself sends, then performs the action.
    func performOwn(_ action: ConnectionState.Action, _ context: ChannelHandlerContext) {
        if case .response(let response, _, _) = action {
            application.observe(.rejected(status: response.status, peer: client.connectionPeer))
        }
        perform(action, context)
    }

    func perform(_ action: ConnectionState.Action, _ context: ChannelHandlerContext) {
        switch action {
        case .none: break
        case .sendContinue:
            context.writeAndFlush(
                wrapOutboundOut(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")), promise: nil)
        case .handOver(let request): handOver(request, context)
        case .response(let response, let omitsBody, let afterwards):
            write(response, omitsBody: omitsBody, afterwards, context)
        case .closeOutput: context.channel.close(mode: .output, promise: nil)
        case .close: context.close(promise: nil)
        }
        schedule(context)
    }

    private func handOver(_ request: ConnectionState.InboundHeadAndBody, _ context: ChannelHandlerContext) {
        let whole = InboundRequest(
            method: request.method, target: request.target, headers: request.headers, body: request.body,
            peer: request.peer, receivedAt: application.now(), id: request.id, certificate: client.certificate)
        registration.entry.noteBusy()
        let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
        state.respond?(whole) { [mailbox] response in mailbox.post(response, to: handler) }
    }

    /// Called with the application's response to a request, even if the connection was closed in the meantime.
    func response(_ response: Response) {
        let now = now
        if registration.registry.isStopping { state.isStopping = true }
        let action = state.responded(response, now: now)
        registration.entry.noteResponse(isSuccessful: response.status < 400, now: now)
        if response.provesSender && !hasProvedSender {
            hasProvedSender = true
            registration.registry.prove(registration.entry, now: now)
        }
        guard let context else { return }
        perform(action, context)
        requestBytes?.feed()
    }

    private func write(
        _ response: Response, omitsBody: Bool, _ afterwards: ConnectionState.Afterwards,
        _ context: ChannelHandlerContext
    ) {
        let bytes = wrapOutboundOut(
            response.encoded(
                date: dates.value(at: application.now()), id: state.requestID, omitsBody: omitsBody, afterwards,
                allocator: context.channel.allocator))
        guard afterwards == .close else { return context.writeAndFlush(bytes, promise: nil) }
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { [self] _ in
            guard let context = self.context else { return }
            perform(state.lastResponseWritten(now: now), context)
        }
        context.writeAndFlush(bytes, promise: written)
    }

    /// Keeps one timer at or before the deadline. The timer is set again when it fires, not at every request.
    func schedule(_ context: ChannelHandlerContext) {
        registration.entry.phase = state.waitsFor
        guard let deadline = state.deadline else { return }
        if let timerDeadline, timer != nil, timerDeadline <= deadline { return }
        timer?.cancel()
        timerDeadline = deadline
        timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { [weak self] in
            guard let self, let context = self.context else { return }
            self.timer = nil
            self.performOwn(self.state.timePassed(now: now), context)
        }
    }
}
