internal import NIOCore
internal import NIOPosix

/// Pauses accepting when the process is out of descriptors or memory, because trying again at once would also fail.
///
/// Holds a spare descriptor until accepting fails. Then releases it and closes idle connections, so the rest of the
/// process can open files.
final class AcceptHandler: ChannelInboundHandler, ChannelOutboundHandler {
    typealias InboundIn = any Channel
    typealias OutboundIn = any Channel

    private static let pause = TimeAmount.milliseconds(100)

    private let connections: ConnectionRegistry
    private let counters: ListenerCounters
    private let observe: @Sendable (ListenerEvent) -> Void
    private var spare = SpareDescriptor()
    private var isPaused = false
    private var isReadDeferred = false

    init(_ shared: SharedState) {
        self.connections = shared.connections
        self.counters = shared.counters
        self.observe = shared.application.observe
    }

    func handlerAdded(context: ChannelHandlerContext) {
        spare.take()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        spare.release()
    }

    func read(context: ChannelHandlerContext) {
        if isPaused { isReadDeferred = true } else { context.read() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? IOError, [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(error.errnoCode) else {
            return context.fireErrorCaught(error)
        }
        guard !isPaused else { return }
        isPaused = true
        counters.add(.descriptorsExhausted)
        observe(.descriptorsExhausted)
        spare.release()
        connections.makeRoom()
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.pause) { [self] in
            isPaused = false
            spare.take()
            if isReadDeferred, (try? context.channel.syncOptions?.getOption(.autoRead)) == true {
                isReadDeferred = false
                context.read()
            }
        }
    }
}
