import Deliveries
import ProviderClients
import Synchronization

/// A provider's API played from memory: answers by method and path, and every request that came.
final class ProviderDouble: Sendable {
    typealias Answer = @Sendable (ProviderRequest) throws(TransportFailure) -> ProviderAnswer

    private let answers: [String: Answer]
    private let received = Mutex<[ProviderRequest]>([])

    /// - Parameter answers: by `POST /v1/links`; anything else is answered 404.
    init(_ answers: [String: Answer]) {
        self.answers = answers
    }

    var requests: [String] {
        received.withLock { $0.map(Self.line) }
    }

    var transport: ProviderTransport {
        ProviderTransport { [self] request async throws(TransportFailure) in
            received.withLock { $0.append(request) }
            guard let answer = answers[Self.line(request)] else { return ProviderAnswer(status: 404) }
            return try answer(request)
        }
    }

    static func json(_ text: String, status: Int = 200) -> Answer {
        { _ in
            ProviderAnswer(
                status: status, headers: [HeaderField("Content-Type", "application/json")], body: Array(text.utf8))
        }
    }

    static func failing(_ failure: TransportFailure) -> Answer {
        { _ throws(TransportFailure) in throw failure }
    }

    /// `POST /v1/links`.
    private static func line(_ request: ProviderRequest) -> String {
        let path = request.url.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: true).last ?? ""
        return "\(request.method) /\(path.prefix { $0 != "?" })"
    }
}
