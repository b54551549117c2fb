internal import Deliveries
internal import NIOCore
internal import NIOHTTP1

/// Writes header values byte for byte, even if they are not UTF-8. This handler is placed between the socket and the
/// encoder, which writes only UTF-8.
final class ExactHeaders: ChannelOutboundHandler {
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    private var isHeadNext = false

    /// Announces the next head. The encoder must then write the head immediately, in a single buffer.
    func expect(_ head: HTTPRequestHead) {
        isHeadNext = head.headers.contains { HeaderValue.hasEscapes($0.value) }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard isHeadNext, case .byteBuffer(let head) = unwrapOutboundIn(data) else {
            return context.write(data, promise: promise)
        }
        isHeadNext = false
        let exact = ByteBuffer(bytes: HeaderValue.bytes(String(buffer: head)))
        context.write(wrapOutboundOut(.byteBuffer(exact)), promise: promise)
    }
}
