internal import Deliveries
internal import NIOCore
internal import NIOHTTP1

extension Response {
    /// The whole response, RFC 9112 §4, as one buffer: a response of a few hundred bytes costs more in parts than in bytes.
    func response(date: String, omitsBody: Bool, closes: Bool, allocator: ByteBufferAllocator) -> ByteBuffer {
        let status = HTTPResponseStatus(statusCode: status)
        var buffer = allocator.buffer(capacity: 256 + body.count)
        buffer.writeString("HTTP/1.1 ")
        buffer.writeString(String(status.code))
        buffer.writeString(" ")
        buffer.writeString(status.reasonPhrase)
        buffer.writeString("\r\n")
        for field in headers { buffer.write(field.name, field.value) }
        buffer.write("Content-Length", String(body.count))
        buffer.write("Date", date)
        if closes { buffer.write("Connection", "close") }
        buffer.writeString("\r\n")
        if !omitsBody { buffer.writeBytes(body) }
        return buffer
    }
}

extension ByteBuffer {
    fileprivate mutating func write(_ name: String, _ value: String) {
        writeString(name)
        writeString(": ")
        writeString(value)
        writeString("\r\n")
    }
}

/// Writes a response that was made whole: its bytes are the body part, between a head and an end that
/// `HTTPServerPipelineHandler` counts.
final class WholeResponseHandler: ChannelOutboundHandler {
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = IOData

    /// The head of every whole response.
    static let head = HTTPResponseHead(version: .http1_1, status: .ok)
    static let headOfContinue = HTTPResponseHead(version: .http1_1, status: .continue)

    private var response: IOData?

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head):
            guard head.status == .continue else { break }
            return context.write(
                wrapOutboundOut(.byteBuffer(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n"))), promise: promise)
        case .body(let whole):
            response = whole
        case .end:
            guard let whole = response else { break }
            response = nil
            return context.write(wrapOutboundOut(whole), promise: promise)
        }
        promise?.succeed()
    }
}
