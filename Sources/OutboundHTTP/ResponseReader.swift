internal import Crypto
internal import Deliveries
internal import NIOCore
internal import NIOHTTP1

/// Collects the parts of a response.
struct ResponseReader {
    private let reading: BodyReading
    private var head: HTTPResponseHead?
    private var body: [UInt8] = []
    private var byteCount = 0
    private var digest = SHA256()

    init(_ reading: BodyReading) {
        self.reading = reading
    }

    mutating func begin(_ head: HTTPResponseHead) {
        self.head = head
    }

    /// Adds a part of the body. Returns false if the rest of the body is not needed.
    mutating func add(_ part: ByteBuffer) throws(OutboundFailure) -> Bool {
        byteCount += part.readableBytes
        if let limit = reading.byteCountLimit, byteCount > limit { throw .tooLong(byteCountLimit: limit) }
        if reading.isHashed { part.withUnsafeReadableBytes { digest.update(bufferPointer: $0) } }
        body.append(contentsOf: part.readableBytesView.prefix(reading.keptByteCount - body.count))
        return reading.byteCountLimit != nil || body.count < reading.keptByteCount
    }

    /// True if the server accepts another request on the connection. False after a 101 response, because the server
    /// then uses another protocol.
    var keepsConnection: Bool {
        guard let head, head.status.code != 101 else { return false }
        return head.isKeepAlive
    }

    /// The response; nil until its head has arrived.
    var response: OutboundResponse? {
        guard let head else { return nil }
        return OutboundResponse(
            status: Int(head.status.code), headers: head.headers.map { HeaderField($0.name, $0.value) }, body: body,
            bodyByteCount: byteCount, bodySHA256: reading.isHashed ? Array(digest.finalize()) : [])
    }
}
