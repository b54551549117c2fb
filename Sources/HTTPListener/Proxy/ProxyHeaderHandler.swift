internal import NIOCore

/// Reads the PROXY header at the start of a connection, sets the client's address, and removes itself from the
/// pipeline.
final class ProxyHeaderHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let connection: ConnectionHandler
    private var received = ByteBuffer()
    private var isDone = false

    init(_ connection: ConnectionHandler) {
        self.connection = connection
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isDone else { return context.fireChannelRead(data) }
        var bytes = unwrapInboundIn(data)
        received.writeBuffer(&bytes)
        switch ProxyHeader(received.readableBytesView) {
        case .incomplete: break
        case .invalid:
            isDone = true
            received = ByteBuffer()
            connection.malformedInput(.missingProxyHeader)
        case .complete(let source, let byteCount):
            isDone = true
            received.moveReaderIndex(forwardBy: byteCount)
            connection.proxyHeaderArrived(source: source)
            context.pipeline.syncOperations.removeHandler(self, promise: nil)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        guard received.readableBytes > 0 else { return }
        let rest = received
        received = ByteBuffer()
        context.fireChannelRead(wrapInboundOut(rest))
    }
}
