import Foundation
import Synchronization

@testable import ProviderSandbox

/// A receiver on this machine that answers as it is told, and a dispatcher that delivers to it.
struct Customer: Sendable {
    let url: String
    let clock = SandboxClock()
    let ledger = DeliveryLedger()
    let dispatcher: Dispatcher
    let notes: Notes

    /// What was seen on both sides.
    final class Notes: Sendable {
        private struct State {
            var bodies: [String] = []
            var heads: [[String]] = []
            var outcomes: [String] = []
            var madeBodyCount = 0
            var proofs: [ProofConditions] = []
        }
        private let state = Mutex(State())

        /// The bodies that came, in order.
        var bodies: [String] { state.withLock { $0.bodies } }
        var heads: [[String]] { state.withLock { $0.heads } }
        /// `kind outcome`, in order.
        var outcomes: [String] { state.withLock { $0.outcomes } }
        var madeBodyCount: Int { state.withLock { $0.madeBodyCount } }
        var proofs: [ProofConditions] { state.withLock { $0.proofs } }

        func came(_ request: ReceivedRequest) -> Int {
            state.withLock {
                $0.bodies.append(String(decoding: request.body, as: UTF8.self))
                $0.heads.append(request.lines)
                return $0.bodies.count
            }
        }

        func ended(_ callback: Callback, _ outcome: CallbackOutcome) {
            let text =
                switch outcome {
                case .delivered(let status, let body): "delivered \(status) \(String(decoding: body, as: UTF8.self))"
                case .failed(let status): "failed \(status.map(String.init) ?? "unanswered")"
                case .dropped: "dropped"
                }
            state.withLock { $0.outcomes.append("\(callback.kind) \(text)") }
        }

        func madeBody() { state.withLock { $0.madeBodyCount += 1 } }
        func proved(_ conditions: ProofConditions) { state.withLock { $0.proofs.append(conditions) } }
    }

    init(url: String) {
        let notes = Notes()
        self.url = url
        self.notes = notes
        dispatcher = Dispatcher(clock: clock, ledger: ledger) { notes.ended($0, $1) }
    }

    /// Answers the first request with the first status and so on, the last one over and over.
    static func answering(_ statuses: [Int] = [200], _ body: (Customer) async throws -> Void) async throws {
        try await answering({ number in statuses[min(number, statuses.count) - 1] }, body)
    }

    static func answering(
        _ status: @escaping @Sendable (Int) -> Int, _ body: (Customer) async throws -> Void
    ) async throws {
        try await holding { customer, arrivals in
            async let served: Void = serve(customer, arrivals, status)
            try await body(customer)
            await customer.dispatcher.stop()
            await customer.receiverEnd?()
            await served
        }
    }

    private var receiverEnd: (@Sendable () async -> Void)?

    private static func serve(
        _ customer: Customer, _ arrivals: AsyncStream<Arrival>, _ status: @Sendable (Int) -> Int
    ) async {
        for await arrival in arrivals {
            await arrival.answer.send(status: status(customer.notes.came(arrival.request)), json: "{}")
        }
    }

    /// The test itself answers what arrives.
    static func holding(_ body: (Customer, AsyncStream<Arrival>) async throws -> Void) async throws {
        let receiver = try await LoopbackReceiver.listen(port: 0)
        var customer = Customer(url: "http://127.0.0.1:\(receiver.port)/hook")
        customer.receiverEnd = { await receiver.stop() }
        do {
            try await body(customer, receiver.arrivals)
        } catch {
            await customer.dispatcher.stop()
            await receiver.stop()
            throw error
        }
        await customer.dispatcher.stop()
        await receiver.stop()
    }

    /// A callback whose body is its kind; every answer but 5xx is final.
    func callback(
        _ kind: String, group: String = "g", delay: TimeInterval = 0, waits: [TimeInterval] = [], url: String? = nil,
        method: String = "POST", provider: String = "klavi"
    ) -> Callback {
        Callback(
            provider: provider, kind: kind, method: method, url: url ?? self.url, group: group, delay: delay,
            policy: RetryPolicy(waits: waits) { $0 < 500 }, reference: "ref",
            makeBody: { [notes] in
                notes.madeBody()
                return Array(kind.utf8)
            },
            makeProof: { [notes] body, conditions in
                notes.proved(conditions)
                let secret = String(decoding: conditions.secret("right"), as: UTF8.self)
                return [HeaderLine("X-Proof", "\(conditions.secondsSinceEpoch) \(secret) \(body.count)")]
            })
    }

    /// Returns when so many attempts are over and the dispatcher has come to what it does next.
    func attempts(_ count: Int) async {
        while ledger.entries().count < count { await Task.yield() }
        _ = await dispatcher.pendingCount
    }
}
