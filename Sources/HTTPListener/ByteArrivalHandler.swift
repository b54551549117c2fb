internal import NIOCore

/// The bytes of a connection before the parser: starts the clock of a request at its first byte, and keeps what arrives
/// while the request before it has no response.
///
/// `HTTPServerPipelineHandler` stops reading while a response is outstanding, which costs two `epoll_ctl` for each request.
/// This handler reads on, because nearly every client waits for its response, and stops at the first bytes that do
/// arrive. Bound: what the channel reads at a time, four times 64 KiB.
final class ByteArrivalHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let connection: ConnectionHandler
    private var context: ChannelHandlerContext?
    private var kept: [ByteBuffer] = []
    /// The client's end of sending arrived after the kept bytes.
    private var keepsInputClosed = false

    init(_ connection: ConnectionHandler) {
        self.connection = connection
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        connection.arrivals = self
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        connection.arrivals = nil
        kept = []
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if connection.owesResponse {
            kept.append(unwrapInboundIn(data))
        } else {
            connection.bytesArrived()
            context.fireChannelRead(data)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        // Before the channel itself asks for the next read, which `HTTPServerPipelineHandler` would put off.
        if connection.owesResponse && kept.isEmpty { context.read() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if !kept.isEmpty, case ChannelEvent.inputClosed? = event as? ChannelEvent {
            keepsInputClosed = true
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        kept = []
        context.fireChannelInactive()
    }

    /// The response is written: the kept bytes are the next request.
    func passKeptOn() {
        guard let context, !kept.isEmpty else { return }
        let buffers = kept
        kept = []
        connection.bytesArrived()
        for buffer in buffers { context.fireChannelRead(wrapInboundOut(buffer)) }
        context.fireChannelReadComplete()
        if keepsInputClosed {
            keepsInputClosed = false
            context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        }
    }
}
