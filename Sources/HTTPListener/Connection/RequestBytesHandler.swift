internal import NIOCore

/// The handler between the socket and the parser. Passes on the bytes of one request at a time and keeps the rest.
///
/// ```
///                 keeps bytes while                      stops reading while
///  socket ─▶ a request has no response, or     ─▶ parser     bytes are kept, or
///            the output is not writable                      the output is not writable
/// ```
/// Reading continues while a response is outstanding, because nearly every client waits for its response. Reading stops
/// as soon as bytes must be kept, so at most one channel read (64 KiB) is kept, or with TLS one record more.
final class RequestBytesHandler: ChannelInboundHandler, ChannelOutboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// The number of pipelined requests to parse before other connections of the event loop get a turn.
    private static let requestsPerTurn = 16

    /// The number of body chunks that count as one request of a turn. The parser needs about as much time for 32 chunks
    /// as for one request, even if the chunks are small.
    private static let chunksPerTurn = 32
    /// The maximum bytes of empty lines before a request line.
    private static let blankByteCountLimit = 1024

    private let connection: ConnectionHandler
    private let discardedByteCountLimit: Int
    private var context: ChannelHandlerContext?
    private var cutter: RequestCutter
    private var framingTabs = FramingTabs()
    private var kept = ByteBuffer()
    /// True if the client stopped sending after the kept bytes. The parser must get this event after those bytes.
    private var keepsInputClosed = false
    private var isReadDeferred = false
    private var isWritable = true
    private var isFeeding = false
    private(set) var isWaitingForTurn = false
    /// True after a channel read, until the first request of that read starts. This request needs no turn, because the
    /// event loop has just polled.
    private var isFresh = false
    /// True after a channel read, until the first chunk of that read is parsed.
    private var isFirstChunkOfRead = false
    private var isFirstRequest = true
    /// True if the last byte before the request line was a carriage return. Only a line feed may follow a carriage
    /// return.
    private var isAfterCarriageReturn = false
    /// The bytes of empty lines before the current request line.
    private var blankByteCount = 0
    private var discardedByteCount = 0

    init(_ connection: ConnectionHandler, limits: ListenerLimits) {
        self.connection = connection
        self.discardedByteCountLimit = limits.lingerByteCount
        self.cutter = RequestCutter(targetByteCountLimit: limits.targetByteCount)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        connection.requestBytes = self
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        connection.requestBytes = nil
        kept = ByteBuffer()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        isFresh = true
        isFirstChunkOfRead = true
        if kept.readableBytes == 0 { kept = bytes } else { kept.writeBuffer(&bytes) }
        feed()
    }

    func read(context: ChannelHandlerContext) {
        if mayRead { context.read() } else { isReadDeferred = true }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        isWritable = context.channel.isWritable
        connection.writabilityChanged(isWritable)
        context.fireChannelWritabilityChanged()
        if isWritable { feed() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if kept.readableBytes > 0, case ChannelEvent.inputClosed? = event as? ChannelEvent {
            keepsInputClosed = true
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        kept = ByteBuffer()
        context.fireChannelInactive()
    }

    var keptByteCount: Int { kept.readableBytes }

    private var mayRead: Bool {
        kept.readableBytes == 0 && isWritable && discardedByteCount <= discardedByteCountLimit
    }

    /// Passes on kept bytes until the connection asks for a pause. Called when bytes arrive, after a response, and when
    /// the output becomes writable again.
    func feed() {
        guard let context, !isFeeding else { return }
        isFeeding = true
        passOn(context)
        isFeeding = false
        guard kept.readableBytes == 0 else { return }
        if keepsInputClosed {
            keepsInputClosed = false
            context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        }
        if isReadDeferred && mayRead {
            isReadDeferred = false
            context.read()
        }
    }

    private func passOn(_ context: ChannelHandlerContext) {
        var requestCount = 0
        while kept.readableBytes > 0 {
            let length: Int
            var blankOffsets: [Int] = []
            let wanted = connection.wantedInput
            switch wanted {
            case .nothing: return
            case .discarded:
                let isWithinLimit = discardedByteCount <= discardedByteCountLimit
                discardedByteCount += kept.readableBytes
                if isWithinLimit, discardedByteCount > discardedByteCountLimit { connection.noteLingerLimit() }
                kept = ByteBuffer()
                return
            case .head:
                guard isWritable else { return }
                if cutter.isAtRequestStart {
                    guard mayBegin(&requestCount) else { return }
                    guard beginRequest() else { continue }
                }
                connection.bytesArrived()
                switch kept.withUnsafeReadableBytes({ cutter.head($0) }) {
                case .bytes(let count): length = count
                case .withheld:
                    kept = ByteBuffer()
                    return
                case .unknownMethod:
                    connection.methodUnknown()
                    continue
                case .notHTTP:
                    connection.malformedInput(.otherProtocol)
                    continue
                case .lineTooLong:
                    connection.targetTooLong()
                    continue
                }
            case .body(let byteCount): length = min(byteCount, kept.readableBytes)
            case .chunkedBody:
                guard isFirstChunkOfRead || mayBegin(&requestCount) else { return }
                isFirstChunkOfRead = false
                length = kept.withUnsafeReadableBytes {
                    cutter.chunkedBody($0, chunkCountLimit: Self.chunksPerTurn)
                }
                blankOffsets = cutter.takeBlankOffsets()
                guard connection.admitsFraming(cutter.framingByteCount, dataByteCount: cutter.dataByteCount) else {
                    continue
                }
                if cutter.hasConnectionTrailer { connection.connectionTrailerArrived() }
            }
            guard let bytes = kept.readSlice(length: length) else { return }
            if kept.readableBytes == 0 { kept = ByteBuffer() }
            switch wanted {
            case .head: context.fireChannelRead(wrapInboundOut(parsable(bytes)))
            case .chunkedBody:
                let passed = Self.bytes(bytes, without: blankOffsets)
                if passed.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(passed)) }
                // Called after the parser, because the parser may have found an earlier error.
                connection.chunkRead(
                    bodyByteCount: cutter.announcedByteCount, hasMisplacedBlank: cutter.hasMisplacedBlank)
            case .body, .nothing, .discarded: context.fireChannelRead(wrapInboundOut(bytes))
            }
        }
    }

    /// - Parameter blankOffsets: the positions of optional blanks in chunk extensions.
    private static func bytes(_ bytes: ByteBuffer, without blankOffsets: [Int]) -> ByteBuffer {
        guard !blankOffsets.isEmpty else { return bytes }
        var rest = bytes
        var passed = ByteBuffer()
        for offset in blankOffsets {
            let end = bytes.readerIndex + offset
            passed.writeBytes(rest.readableBytesView.prefix(end - rest.readerIndex))
            rest.moveReaderIndex(to: end + 1)
        }
        passed.writeBuffer(&rest)
        return passed
    }

    /// The bytes of a head in a form that the parser accepts: framing headers without tabs, and each byte from 0x80 on
    /// as the Unicode character with that number. The parser would replace bytes that are not UTF-8.
    private func parsable(_ bytes: ByteBuffer) -> ByteBuffer {
        let bytes = framingTabs.replacingTabs(in: bytes)
        let isASCII = bytes.withUnsafeReadableBytes { $0.reduce(0) { $0 | $1 } < 0x80 }
        guard !isASCII else { return bytes }
        return ByteBuffer(bytes: bytes.readableBytesView.flatMap { String(Unicode.Scalar($0)).utf8 })
    }

    /// Skips empty lines before the request line (RFC 9112 §2.2). Returns false if nothing is left to parse.
    private func beginRequest() -> Bool {
        if isFirstRequest, let cause = MalformedInput(firstBytes: kept.readableBytesView) {
            connection.malformedInput(cause)
            return false
        }
        let lineFeed = UInt8(ascii: "\n")
        var blanks = 0
        for byte in kept.readableBytesView {
            guard byte == lineFeed || !isAfterCarriageReturn, blankByteCount <= Self.blankByteCountLimit else {
                connection.malformedInput(.syntax)
                return false
            }
            guard byte == lineFeed || byte == UInt8(ascii: "\r") else { break }
            isAfterCarriageReturn = byte != lineFeed
            blanks += 1
            blankByteCount += 1
        }
        kept.moveReaderIndex(forwardBy: blanks)
        if kept.readableBytes > 0 { blankByteCount = 0 }
        isFirstRequest = isFirstRequest && kept.readableBytes == 0
        return kept.readableBytes > 0
    }

    /// True if the next request may start in this turn. Otherwise queues the connection for its next turn.
    private func mayBegin(_ requestCount: inout Int) -> Bool {
        guard !isFresh else {
            isFresh = false
            return true
        }
        requestCount += 1
        if requestCount <= Self.requestsPerTurn, connection.turns.take() { return true }
        if !isWaitingForTurn {
            isWaitingForTurn = true
            connection.turns.wait(self)
        }
        return false
    }

    /// Called when a new round starts and this connection has a turn.
    func takeTurn() {
        isWaitingForTurn = false
        feed()
    }
}
