import Deliveries
import ProviderTransport
import Providers
import Synchronization
import TerminalOutput

/// A provider's API played from memory: answers by method and path, and every request that came.
final class ProviderDouble: Sendable {
    typealias Response = @Sendable (ProviderRequest) throws(TransportFailure) -> ProviderResponse

    private let responses: [String: Response]
    private let received = Mutex<[ProviderRequest]>([])

    /// - Parameter answers: by `POST /v1/links`; anything else is answered 404.
    init(_ responses: [String: Response]) {
        self.responses = responses
    }

    var requests: [String] {
        received.withLock { $0.map(Self.line) }
    }

    var exchange: HTTPExchange {
        HTTPExchange { [self] request async throws(TransportFailure) in
            received.withLock { $0.append(request) }
            guard let response = responses[Self.line(request)] else { return ProviderResponse(status: 404) }
            return try response(request)
        }
    }

    static func json(_ text: String, status: Int = 200) -> Response {
        { _ in
            ProviderResponse(
                status: status, headers: [HeaderField("Content-Type", "application/json")], body: Array(text.utf8))
        }
    }

    static func failing(_ failure: TransportFailure) -> Response {
        { _ throws(TransportFailure) in throw failure }
    }

    /// `POST /v1/links`.
    private static func line(_ request: ProviderRequest) -> String {
        let path = request.url.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: true).last ?? ""
        return "\(request.method) /\(path.prefix { $0 != "?" })"
    }
}
