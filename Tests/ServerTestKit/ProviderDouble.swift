import Deliveries
package import ProviderTransport
package import Providers
import Synchronization

/// A fake provider API in memory. The method and path of a request select the response. Requests are recorded.
package final class ProviderDouble: Sendable {
    package typealias Response = @Sendable (ProviderRequest) throws(TransportFailure) -> ProviderResponse

    private let responses: [String: Response]
    private let received = Mutex<[ProviderRequest]>([])

    /// - Parameter responses: the responses by request line, such as `POST /v1/links`. Other requests get 404.
    package init(_ responses: [String: Response]) {
        self.responses = responses
    }

    package var requests: [String] {
        received.withLock { $0.map(Self.line) }
    }

    package var exchange: HTTPExchange {
        HTTPExchange { [self] request async throws(TransportFailure) in
            received.withLock { $0.append(request) }
            guard let response = responses[Self.line(request)] else { return ProviderResponse(status: 404) }
            return try response(request)
        }
    }

    package static func json(_ text: String, status: Int = 200) -> Response {
        { _ in
            ProviderResponse(
                status: status, headers: [HeaderField("Content-Type", "application/json")], body: Array(text.utf8))
        }
    }

    package static func failing(_ failure: TransportFailure) -> Response {
        { _ throws(TransportFailure) in throw failure }
    }

    /// The request line, such as `POST /v1/links`.
    private static func line(_ request: ProviderRequest) -> String {
        let path = request.url.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: true).last ?? ""
        return "\(request.method) /\(path.prefix { $0 != "?" })"
    }
}
