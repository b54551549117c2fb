internal import AsyncHTTPClient
internal import Foundation
internal import NIOCore
internal import NIOHTTP1

/// Makes one attempt at a callback.
struct CallbackSender: Sendable {
    /// How much of an answer is kept: a challenge's echo, an error's sentence.
    static let answerByteCountLimit = 64 * 1024

    enum Reply: Sendable {
        case answered(status: Int, body: [UInt8])
        case unanswered(problem: String)
    }

    func attempt(_ callback: Callback, body: [UInt8], proof: [HeaderLine]) async -> Reply {
        guard let url = URL(string: callback.url), ["http", "https"].contains(url.scheme), let host = url.host() else {
            return .unanswered(problem: "the URL is none that can be called")
        }
        // A link may name any host, and the imitation takes it as the provider would; strangers are not called.
        guard LoopbackHost.isOne(host) else {
            return .unanswered(problem: "not sent: the URL is not on this machine")
        }
        var request = HTTPClientRequest(url: callback.url)
        request.method = .RAW(value: callback.method)
        for line in proof { request.headers.add(name: line.name, value: line.value) }
        if callback.method != "GET" {
            request.headers.replaceOrAdd(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: body))
        }
        do {
            // The client's own deadline ends at the answer's head; this one holds to the last byte.
            return try await withTimeLimit(callback.policy.timeLimit) { [request] in
                try await Self.exchange(request, callback.policy)
            }
        } catch is TimeLimitPassed {
            return .unanswered(problem: "no answer within \(callback.policy.timeLimit)")
        } catch {
            return .unanswered(problem: Self.text(error))
        }
    }

    private static func exchange(_ request: HTTPClientRequest, _ policy: RetryPolicy) async throws -> Reply {
        let response = try await client(redirectLimit: policy.redirectLimit)
            .execute(request, timeout: TimeAmount(policy.timeLimit))
        var kept: [UInt8] = []
        for try await part in response.body {
            kept.append(contentsOf: part.readableBytesView.prefix(answerByteCountLimit - kept.count))
            if kept.count == answerByteCountLimit { break }
        }
        return .answered(status: Int(response.status.code), body: kept)
    }

    private static let following = client(following: 3)
    static let staying = client(following: 0)

    private static func client(redirectLimit: Int) -> HTTPClient {
        redirectLimit > 0 ? following : staying
    }

    /// A client for the whole life of the process. Klavi alone follows redirects, three of them.
    private static func client(following redirectCount: Int) -> HTTPClient {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: redirectCount > 0
                ? .follow(max: redirectCount, allowCycles: false) : .disallow)
        configuration.timeout.connect = .seconds(10)
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    private static func text(_ error: any Error) -> String {
        switch error as? HTTPClientError {
        case .some(.deadlineExceeded), .some(.readTimeout), .some(.connectTimeout): "no answer in time"
        case .some(.redirectLimitReached), .some(.redirectCycleDetected): "redirected too often"
        case .some(.remoteConnectionClosed): "the connection was closed"
        case .some: "the request failed"
        case nil: NetworkProblem.text(error)
        }
    }
}
