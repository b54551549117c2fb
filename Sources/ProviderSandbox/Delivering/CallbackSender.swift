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
        do {
            // The client's own deadline ends at the answer's head; this one holds to the last byte.
            return try await withTimeLimit(callback.policy.timeLimit) {
                try await Self.exchange(callback, body, proof)
            }
        } catch let refusal as Unsendable {
            return .unanswered(problem: refusal.problem)
        } catch is TimeLimitPassed {
            return .unanswered(problem: "no answer within \(callback.policy.timeLimit)")
        } catch {
            return .unanswered(problem: Self.text(error))
        }
    }

    /// A URL that is not called.
    private struct Unsendable: Error {
        let problem: String
    }

    private static func exchange(_ callback: Callback, _ body: [UInt8], _ proof: [HeaderLine]) async throws -> Reply {
        let request = request(callback.method, try callable(URL(string: callback.url)), body, proof)
        let response = try await client.execute(request, timeout: TimeAmount(callback.policy.timeLimit))
        return .answered(status: Int(response.status.code), body: try await answer(response))
    }

    /// A link may name any host, and the imitation takes it as the provider would; strangers are not called.
    private static func callable(_ url: URL?) throws -> URL {
        guard let url, let scheme = url.scheme, ["http", "https"].contains(scheme), let host = url.host() else {
            throw Unsendable(problem: "the URL is none that can be called")
        }
        guard LoopbackHost.isOne(host) else { throw Unsendable(problem: "not sent: the URL is not on this machine") }
        return url
    }

    private static func request(
        _ method: String, _ url: URL, _ body: [UInt8], _ proof: [HeaderLine]
    ) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: url.absoluteString)
        request.method = .RAW(value: method)
        for line in proof { request.headers.add(name: line.name, value: line.value) }
        if method != "GET" {
            request.headers.replaceOrAdd(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: body))
        }
        return request
    }

    private static func answer(_ response: HTTPClientResponse) async throws -> [UInt8] {
        var kept: [UInt8] = []
        for try await part in response.body {
            kept.append(contentsOf: part.readableBytesView.prefix(answerByteCountLimit - kept.count))
            if kept.count == answerByteCountLimit { break }
        }
        return kept
    }

    /// For the whole life of the process; it follows no redirect and connects once.
    static let client = {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout.connect = .seconds(10)
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    private static func text(_ error: any Error) -> String {
        switch error as? HTTPClientError {
        case .some(.deadlineExceeded), .some(.readTimeout), .some(.connectTimeout): "no answer in time"
        case .some(.remoteConnectionClosed): "the connection was closed"
        case .some: "the request failed"
        case nil: NetworkProblem.text(error)
        }
    }
}

/// This machine, by its names: the only one that a sandbox calls. One that called strangers would be a tool for attacking
/// them.
enum LoopbackHost {
    static func isOne(_ host: String) -> Bool {
        ["127.0.0.1", "localhost", "::1", "[::1]"].contains(host.lowercased())
    }
}
