internal import NIOCore

/// Keeps the first bytes of a connection as they came, before the parser has decoded, trimmed or joined anything.
final class HeadRecorder: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let byteCountLimit: Int
    private var bytes: [UInt8] = []

    init(byteCountLimit: Int) {
        self.byteCountLimit = byteCountLimit
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let view = unwrapInboundIn(data).readableBytesView
        bytes.append(contentsOf: view.prefix(byteCountLimit - bytes.count))
        context.fireChannelRead(data)
    }

    /// The lines of the head, once the parser has found its end; nil where the head is larger than what is kept.
    var headLines: [[UInt8]]? {
        var lines: [[UInt8]] = []
        var rest = bytes[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            var line = rest[..<end]
            rest = rest[(end + 1)...]
            if line.last == UInt8(ascii: "\r") { line.removeLast() }
            if !line.isEmpty {
                lines.append(Array(line))
            } else if !lines.isEmpty {
                return lines
            }
            // Empty lines before the request line are no part of it (RFC 9112 §2.2).
        }
        return nil
    }
}
