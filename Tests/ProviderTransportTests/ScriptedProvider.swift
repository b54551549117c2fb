import Deliveries
import ProviderTransport
import Providers
import Synchronization

/// Responds to calls from a script and repeats the last response. Records the requests.
final class ScriptedProvider: Sendable {
    /// One step of the script.
    enum Step: Sendable {
        case response(ProviderResponse)
        case failure(TransportFailure)
    }

    private struct State {
        var steps: [Step]
        var requests: [ProviderRequest] = []
    }

    private let state: Mutex<State>

    init(_ steps: [Step]) {
        state = Mutex(State(steps: steps))
    }

    convenience init(_ status: Int, _ body: String, headers: HeaderFields = []) {
        self.init([.response(ProviderResponse(status: status, headers: headers, body: Array(body.utf8)))])
    }

    var requests: [ProviderRequest] {
        state.withLock { $0.requests }
    }

    func exchange(clock: ManualClock) -> HTTPExchange {
        HTTPExchange { request async throws(TransportFailure) in
            // Lets other tasks run during the call, as a network would.
            await Task.yield()
            switch self.next(request) {
            case .response(let response):
                return ProviderResponse(
                    status: response.status, headers: response.headers, body: response.body, receivedAt: clock.now)
            case .failure(let failure): throw failure
            }
        }
    }

    private func next(_ request: ProviderRequest) -> Step {
        state.withLock { state in
            state.requests.append(request)
            guard state.steps.count > 1 else { return state.steps.first ?? .failure(.notSent(problem: "no script")) }
            return state.steps.removeFirst()
        }
    }
}

extension ScriptedProvider.Step {
    static func json(_ status: Int, _ body: String, headers: HeaderFields = []) -> ScriptedProvider.Step {
        .response(ProviderResponse(status: status, headers: headers, body: Array(body.utf8)))
    }
}

/// Returns only zeros, so waits have no jitter.
struct ZeroGenerator: RandomNumberGenerator, Sendable {
    mutating func next() -> UInt64 { 0 }
}
