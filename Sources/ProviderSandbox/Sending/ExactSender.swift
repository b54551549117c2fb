internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// Sends requests byte for byte as they are given: no header is added, dropped, reordered or recased, the target is not
/// normalised, no redirect is followed. One connection a request. That is why this is not a ready-made HTTP client.
package struct ExactSender: Sendable {
    /// How much of an answer is read.
    package static let answerByteCountLimit = 64 * 1024

    private let host: String
    private let port: Int
    private let connectTimeLimit: Duration
    private let answerTimeLimit: Duration

    /// - Parameter answerTimeLimit: From the connection to the last byte of the answer.
    package init(
        host: String, port: Int, connectTimeLimit: Duration = .seconds(10), answerTimeLimit: Duration = .seconds(10)
    ) {
        self.host = host
        self.port = port
        self.connectTimeLimit = connectTimeLimit
        self.answerTimeLimit = answerTimeLimit
    }

    package func send(_ request: SampleRequest) async throws(SendFailure) -> ReceivedAnswer {
        let connection: Connection
        do {
            connection = try await connect()
        } catch {
            throw .unreachable(problem: NetworkProblem.text(error))
        }
        do {
            let answer = try await withTimeLimit(answerTimeLimit) { try await Self.exchange(request, over: connection) }
            guard let answer else { throw SendFailure.unanswered(problem: "the connection was closed") }
            return answer
        } catch let failure as SendFailure {
            throw failure
        } catch is TimeLimitPassed {
            throw .unanswered(problem: "none within \(answerTimeLimit)")
        } catch {
            throw .unanswered(problem: NetworkProblem.text(error))
        }
    }

    private typealias Connection = NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>

    private func connect() async throws -> Connection {
        try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(TimeAmount(connectTimeLimit))
            .connect(host: host, port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    var exactly = HTTPRequestEncoder.Configuration()
                    exactly.automaticallySetFramingHeaders = false
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(HTTPRequestEncoder(configuration: exactly))
                    try pipeline.addHandler(
                        ByteToMessageHandler(HTTPResponseDecoder(leftOverBytesStrategy: .dropBytes)))
                    return try Connection(wrappingChannelSynchronously: channel)
                }
            }
    }

    private static func exchange(_ request: SampleRequest, over connection: Connection) async throws -> ReceivedAnswer?
    {
        try await connection.executeThenClose { inbound, outbound in
            try await withThrowingTaskGroup(of: Void.self) { group in
                defer { group.cancelAll() }
                // Beside the reading: a receiver may answer, and close, before it has taken the whole body.
                group.addTask { try? await outbound.write(contentsOf: parts(of: request)) }
                return try await answer(from: inbound)
            }
        }
    }

    private static func parts(of request: SampleRequest) -> [HTTPClientRequestPart] {
        let head = HTTPRequestHead(
            version: .http1_1, method: HTTPMethod(rawValue: request.method), uri: request.target,
            headers: HTTPHeaders(request.headers.map { ($0.name, $0.value) }))
        return [.head(head), .body(.byteBuffer(ByteBuffer(bytes: request.body))), .end(nil)]
    }

    private static func answer(
        from inbound: NIOAsyncChannelInboundStream<HTTPClientResponsePart>
    ) async throws -> ReceivedAnswer? {
        var status: Int?
        var body: [UInt8] = []
        for try await part in inbound {
            switch part {
            case .head(let head): status = Int(head.status.code)
            case .body(let bytes):
                body.append(contentsOf: bytes.readableBytesView.prefix(answerByteCountLimit - body.count))
            case .end: return status.map { ReceivedAnswer(status: $0, body: body) }
            }
            if let status, body.count == answerByteCountLimit { return ReceivedAnswer(status: status, body: body) }
        }
        return nil
    }
}

/// What the receiver answered.
package struct ReceivedAnswer: Sendable, Equatable {
    package let status: Int
    /// The first bytes of the body, at most `ExactSender.answerByteCountLimit`.
    package let body: [UInt8]
}

/// Why there is no answer.
package enum SendFailure: Error, Equatable {
    /// No connection was made.
    case unreachable(problem: String)
    /// The connection was made, and no whole answer came.
    case unanswered(problem: String)
}
