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

    /// Answers and closes the connection; returns when that is done. A client that has gone is no failure.
    package func send(status: Int, json: String) async {
        let parts = AnswerParts.make(status: status, json: json, omitsBody: omitsBody)
        for part in parts.dropLast() { channel.write(part, promise: nil) }
        // Closing before the last byte is written would take the answer back.
        if let last = parts.last { try? await channel.writeAndFlush(last) }
        try? await channel.close()
    }
}

/// An answer on the wire. Every answer is the last one of its connection.
enum AnswerParts {
    static func make(status: Int, json: String, omitsBody: Bool) -> [HTTPServerResponsePart] {
        let body = ByteBuffer(string: json + "\n")
        let status = HTTPResponseStatus(statusCode: status)
        var headers = HTTPHeaders([("Connection", "close")])
        let mayHaveBody = status.mayHaveResponseBody
        if mayHaveBody {
            headers.add(name: "Content-Type", value: "application/json")
            headers.add(name: "Content-Length", value: String(body.readableBytes))
        }
        let head = HTTPServerResponsePart.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers))
        return mayHaveBody && !omitsBody ? [head, .body(.byteBuffer(body)), .end(nil)] : [head, .end(nil)]
    }
}
