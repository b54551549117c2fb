internal import Deliveries
internal import NIOCore
internal import NIOHTTP1

extension Response {
    /// The whole response (RFC 9112 §4) in one buffer. A few hundred bytes are cheaper to copy than to send as several
    /// buffers.
    ///
    /// - Parameter id: the ID of the request; nil if no head arrived.
    func encoded(
        date: String, id: RequestID?, omitsBody: Bool, _ afterwards: ConnectionState.Afterwards,
        allocator: ByteBufferAllocator
    ) -> ByteBuffer {
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
        if let id { buffer.write("Callbox-Request", id.description) }
        switch afterwards {
        case .keepAlive: break
        case .keepAliveOf10: buffer.write("Connection", "keep-alive")
        case .close: buffer.write("Connection", "close")
        }
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
