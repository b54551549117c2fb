internal import NIOCore
internal import NIOHTTP1

/// The answer that a received request waits for.
package struct PendingAnswer: Sendable {
    private let channel: any Channel
    private let omitsBody: Bool

    init(channel: any Channel, omitsBody: Bool) {
        self.channel = channel
        self.omitsBody = omitsBody
    }

    /// Answers with a line of JSON and closes the connection; returns when that is done. A client that has gone is no
    /// failure.
    package func send(status: Int, json: String) async {
        await send(AnswerParts.make(status: status, json: json, omitsBody: omitsBody))
    }

    /// The same for any reply.
    package func send(_ reply: APIReply) async {
        await send(AnswerParts.make(reply, omitsBody: omitsBody))
    }

    private func send(_ parts: [HTTPServerResponsePart]) async {
        for part in parts.dropLast() { channel.write(part, promise: nil) }
        // Closing before the last byte is written would take the answer back.
        if let last = parts.last { try? await channel.writeAndFlush(last) }
        try? await channel.close()
    }
}

/// An answer on the wire. Every answer is the last one of its connection.
enum AnswerParts {
    static func make(status: Int, json: String, omitsBody: Bool) -> [HTTPServerResponsePart] {
        let headers = [HeaderLine("Content-Type", "application/json")]
        return make(APIReply(status: status, headers: headers, body: Array((json + "\n").utf8)), omitsBody: omitsBody)
    }

    static func make(_ reply: APIReply, omitsBody: Bool) -> [HTTPServerResponsePart] {
        let status = HTTPResponseStatus(statusCode: reply.status)
        var headers = HTTPHeaders([("Connection", "close")])
        let mayHaveBody = status.mayHaveResponseBody
        for line in reply.headers where mayHaveBody || !line.isNamed("Content-Type") {
            headers.add(name: line.name, value: line.value)
        }
        if mayHaveBody { headers.add(name: "Content-Length", value: String(reply.body.count)) }
        let head = HTTPServerResponsePart.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers))
        guard mayHaveBody && !omitsBody else { return [head, .end(nil)] }
        return [head, .body(.byteBuffer(ByteBuffer(bytes: reply.body))), .end(nil)]
    }
}
