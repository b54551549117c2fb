import NIOCore
import NIOPosix

/// A client that sends exactly the given bytes and reads the responses.
struct RawClient: ~Copyable {
    private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var unread = ByteBuffer()

    /// The response to one request.
    struct Response {
        let status: Int
        /// The header lines in order, with names in lower case.
        let headers: [(name: String, value: String)]
        let body: [UInt8]

        var text: String {
            String(decoding: body, as: UTF8.self)
        }

        /// The value of the first header line with this name.
        func header(_ name: String) -> String? {
            headers.first { $0.name == name }?.value
        }
    }

    enum Failure: Error {
        case endedBeforeResponse
        case unreadable(String)
    }

    private init(
        _ inbound: NIOAsyncChannelInboundStream<ByteBuffer>, _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) {
        self.inbound = inbound.makeAsyncIterator()
        self.outbound = outbound
    }

    /// Connects, runs `body` and closes the connection. Fails after a minute if the server neither responds nor closes.
    static func connected<Value>(
        to address: SocketAddress, _ body: (inout RawClient) async throws -> Value
    ) async throws -> Value {
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connect(to: address) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
                }
            }
        let end = channel.channel.eventLoop.scheduleTask(in: .seconds(60)) { channel.channel.close(promise: nil) }
        defer { end.cancel() }
        return try await channel.executeThenClose { inbound, outbound in
            var client = RawClient(inbound, outbound)
            return try await body(&client)
        }
    }

    func send(_ text: String) async throws {
        try await send(bytes: Array(text.utf8))
    }

    func send(bytes: [UInt8]) async throws {
        try await outbound.write(ByteBuffer(bytes: bytes))
    }

    /// Closes the output of the client. Responses can still be read.
    func finishSending() {
        outbound.finish()
    }

    /// The next complete response.
    mutating func response(hasBody: Bool = true) async throws -> Response {
        let lines = try await head().split(separator: "\r\n", omittingEmptySubsequences: false)
        let words = lines[0].split(separator: " ")
        guard words.count >= 2, words[0] == "HTTP/1.1", let status = Int(words[1]) else {
            throw Failure.unreadable(String(lines[0]))
        }
        let headers = try lines.dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[1].first == " " else { throw Failure.unreadable(String(line)) }
            return (name: parts[0].lowercased(), value: String(parts[1].dropFirst()))
        }
        let announced = headers.first { $0.name == "content-length" }.flatMap { Int($0.value) } ?? 0
        let byteCount = hasBody ? announced : 0
        while unread.readableBytes < byteCount { try await readMore() }
        return Response(status: status, headers: headers, body: unread.readBytes(length: byteCount) ?? [])
    }

    /// The text up to the end of the connection.
    mutating func rest() async throws -> String {
        while let more = try await inbound.next(isolation: #isolation) { unread.writeImmutableBuffer(more) }
        return unread.readString(length: unread.readableBytes) ?? ""
    }

    private mutating func head() async throws -> String {
        let mark = Array("\r\n\r\n".utf8)
        while true {
            let text = Array(unread.readableBytesView)
            if let end = text.indices.first(where: { text[$0...].starts(with: mark) }) {
                unread.moveReaderIndex(forwardBy: end + mark.count)
                return String(decoding: text[..<end], as: UTF8.self)
            }
            try await readMore()
        }
    }

    private mutating func readMore() async throws {
        guard let more = try await inbound.next(isolation: #isolation) else { throw Failure.endedBeforeResponse }
        unread.writeImmutableBuffer(more)
    }
}
