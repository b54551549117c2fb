internal import Deliveries
internal import NIOCore

/// Responds to a connection over a limit with 503, without parsing a request.
///
/// ```
///  accepted ─ pause ─▶ 503, output closed ─ client closes, or the linger time ends ─▶ closed
/// ```
/// Input is dropped. Without the pause, rejected clients that connect again at once would take CPU time from accepted
/// clients. With TLS the connection is closed after the pause, because a handshake would take CPU time too.
final class OverLimitHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// The time from accepting the connection to the response. Clients need the response within a second.
    static let pause = TimeAmount.milliseconds(400)

    /// The maximum time from the response to the end of the connection. It is short, because the number of connections
    /// over a limit is limited too.
    private static let lingerTime = TimeAmount.milliseconds(500)

    private let shared: SharedState
    private var timer: Scheduled<Void>?
    private var hasResponded = false
    private var isInputClosed = false
    private var droppedByteCount = 0

    init(_ shared: SharedState) {
        self.shared = shared
    }

    func channelActive(context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(in: Self.pause) { bound.value.0.respond(bound.value.1) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        droppedByteCount += unwrapInboundIn(data).readableBytes
        guard droppedByteCount > shared.limits.lingerByteCount else { return }
        shared.counters.add(.lingerLimit)
        try? context.channel.syncOptions?.setOption(.autoRead, value: false)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed:
            isInputClosed = true
            if hasResponded { context.close(promise: nil) }
        case is StopEvent: respond(context)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    /// Sends the response. Then drops input until the client closes the connection, because closing it while the client
    /// still sends could discard the response (RFC 9112 §9.6).
    private func respond(_ context: ChannelHandlerContext) {
        guard !hasResponded else { return }
        hasResponded = true
        timer?.cancel()
        guard shared.certificates == nil else { return context.close(promise: nil) }
        let response = Response.retryLater.encoded(
            date: shared.dates.value(at: shared.application.now()), id: nil, omitsBody: false, .close,
            allocator: context.channel.allocator)
        context.writeAndFlush(wrapOutboundOut(response), promise: nil)
        guard !isInputClosed else { return context.close(promise: nil) }
        context.close(mode: .output, promise: nil)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(in: Self.lingerTime) { bound.value.close(promise: nil) }
        try? context.channel.syncOptions?.setOption(.autoRead, value: true)
    }
}
