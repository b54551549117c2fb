import Deliveries
import Foundation
import StrictJSON
import Synchronization

@testable import ProviderSandbox

/// A receiver on this machine, and a dispatcher that sends callbacks to it.
final class Customer: Sendable {
    let url: String
    let clock = SandboxClock()
    let ledger = DeliveryLedger()
    let dispatcher: Dispatcher
    let notes: Notes

    /// Records what the receiver and the dispatcher observe.
    final class Notes: Sendable {
        private struct State {
            var requests: [InboundRequest] = []
            var outcomes: [String] = []
            var madeBodyCount = 0
        }
        private let state = Mutex(State())

        var requests: [InboundRequest] { state.withLock { $0.requests } }
        /// The received bodies, in order.
        var bodies: [String] { requests.map { String(decoding: $0.body, as: UTF8.self) } }
        var proofs: [String] { requests.map { $0.headers.values(named: "X-Proof").first ?? "" } }
        var times: [Int64] { proofs.compactMap { $0.split(separator: " ").first.flatMap { Int64($0) } } }
        /// The outcomes in order, each as `type outcome`.
        var outcomes: [String] { state.withLock { $0.outcomes } }
        var madeBodyCount: Int { state.withLock { $0.madeBodyCount } }

        func came(_ request: InboundRequest) -> Int {
            state.withLock {
                $0.requests.append(request)
                return $0.requests.count
            }
        }

        func ended(_ callback: Callback, _ outcome: CallbackOutcome) {
            let text =
                switch outcome {
                case .delivered(let status, _): "delivered \(status)"
                case .failed(let status): "failed \(status.map(String.init) ?? "without response")"
                case .dropped: "dropped"
                }
            state.withLock { $0.outcomes.append("\(callback.type) \(text)") }
        }

        func madeBody() { state.withLock { $0.madeBodyCount += 1 } }
    }

    private init(url: String, _ notes: Notes) {
        self.url = url
        self.notes = notes
        dispatcher = Dispatcher(clock: clock, ledger: ledger)
    }

    /// Responds to each request with the next status. After the last status, repeats it.
    static func responding(
        _ statuses: [Int] = [200], before: @escaping @Sendable (Int) async -> Void = { _ in },
        _ body: (Customer) async throws -> Void
    ) async throws {
        let notes = Notes()
        let listener = try await SandboxListener.listen(port: 0) { request in
            let number = notes.came(request)
            await before(number)
            return .json(statuses[min(number, statuses.count) - 1], "{}")
        }
        let customer = Customer(url: "\(listener.url)/hook", notes)
        let result: Result<Void, any Error>
        do { result = .success(try await body(customer)) } catch { result = .failure(error) }
        await customer.dispatcher.stop()
        await listener.stop()
        try result.get()
    }

    /// A callback whose body is its type. Every response is final except 5xx.
    func callback(
        _ type: String, group: String = "g", delay: TimeInterval = 0, waits: [TimeInterval] = [], url: String? = nil,
        method: String = "POST"
    ) -> Callback {
        Callback(
            provider: "klavi", type: type, method: method, url: url ?? self.url, group: group, delay: delay,
            // Uses a long limit, because the limit of a provider could end attempts while other tests use the
            // processor.
            policy: RetryPolicy(timeLimit: .seconds(120), waits: waits) { $0 < 500 }, reference: "ref",
            makeBody: { [notes] in
                notes.madeBody()
                return method == "GET" ? [] : Array(type.utf8)
            },
            makeProof: { body, conditions in
                let value = "\(conditions.secondsSinceEpoch) \(conditions.secret("right")) \(body.count)"
                return [HeaderField("X-Proof", value)]
            })
    }

    func send(_ callbacks: Callback...) async {
        await dispatcher.send(callbacks) { [notes] in notes.ended($0, $1) }
    }

    /// Returns when this many attempts have ended and the dispatcher waits again.
    func attempts(_ count: Int) async {
        while ledger.entries().count < count { await Task.yield() }
        _ = await dispatcher.pendingCount
    }

    /// Advances the clock until all callbacks have ended.
    func advanceUntilIdle(by seconds: TimeInterval) async {
        while await dispatcher.pendingCount > 0 {
            // Does not advance the clock while a callback is being sent, because that callback would then get a later
            // time.
            if clock.isAwaited { clock.advance(by: seconds) }
            await Task.yield()
        }
    }

    func ledger(_ name: String) -> [String?] { ledger.entries().map { $0[name]?.scalar } }
}

/// A port at which no process listens.
func closedPort() async throws -> Int {
    let listener = try await SandboxListener.listen(port: 0) { _ in .json(200, "{}") }
    await listener.stop()
    return listener.port
}
