/// The four providers of one sandbox, with the time, the chance and the deliveries they share. Calls are answered one at a
/// time, so that a seed and an order of calls give the same identifiers again.
///
/// ```
/// call ─▶ imitation ─▶ reply
///             │ callbacks
///             ▼
///         Dispatcher ─▶ customer ─▶ DeliveryLedger
/// ```
package actor Sandbox {
    package nonisolated let clock: SandboxClock
    package nonisolated let ledger: DeliveryLedger

    private let baseURL: String
    private var random: SeededRandom
    private var imitations: [any Imitation]
    private var dispatcher: Dispatcher?
    /// Calls and visits of pages that each imitation answered, by its name.
    package private(set) var callCounts: [String: Int] = [:]

    package init(baseURL: String, seed: UInt64, clock: SandboxClock = SandboxClock(), imitations: [any Imitation]) {
        self.baseURL = baseURL
        self.random = SeededRandom(seed: seed)
        self.clock = clock
        self.ledger = DeliveryLedger()
        self.imitations = imitations
    }

    package func answer(_ request: APIRequest) async -> APIReply {
        for index in imitations.indices {
            let reply = await withWorld { imitations, world in imitations[index].answer(request, &world) }
            guard let reply else { continue }
            callCounts[type(of: imitations[index]).name, default: 0] += 1
            return reply
        }
        return .json(404, ["error": "no imitated provider answers \(request.method) on this path"])
    }

    package func register(_ registration: Registration, at provider: String) async throws(SandboxRefusal) {
        let index = try index(of: provider)
        let result = await withWorld { imitations, world -> Result<Void, SandboxRefusal> in
            do throws(SandboxRefusal) {
                try imitations[index].register(registration, &world)
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        try result.get()
    }

    /// Lets deliveries happen, all handed over together, so that one can overtake the next.
    package func trigger(_ trigger: Trigger, at provider: String, count: Int = 1) async throws(SandboxRefusal) {
        let index = try index(of: provider)
        let result = await withWorld { imitations, world -> Result<Void, SandboxRefusal> in
            do throws(SandboxRefusal) {
                for _ in 0..<max(0, count) { try imitations[index].trigger(trigger, &world) }
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        try result.get()
    }

    package func add(_ fault: FaultRule) async {
        await deliveries().add(fault)
    }

    package func clearFaults() async {
        await deliveries().clearFaults()
    }

    package func faults() async -> [FaultRule] {
        await deliveries().faults
    }

    package func pendingCount() async -> Int {
        await deliveries().pendingCount
    }

    /// Returns when every callback is through, retries included.
    package func idle() async {
        await deliveries().idle()
    }

    package func stop() async {
        await deliveries().stop()
    }

    private func conclude(_ callback: Callback, _ outcome: CallbackOutcome) async {
        guard let index = imitations.firstIndex(where: { type(of: $0).name == callback.provider }) else { return }
        await withWorld { imitations, world in imitations[index].conclude(callback, outcome, &world) }
    }

    /// Lets an imitation act, keeps what chance it used up, and hands its callbacks over.
    private func withWorld<Value: Sendable>(
        _ act: (inout [any Imitation], inout World) -> Value
    ) async -> Value {
        var world = World(now: clock.now, baseURL: baseURL, random: random)
        let value = act(&imitations, &world)
        random = world.random
        if !world.outbox.isEmpty { await deliveries().send(world.outbox) }
        return value
    }

    private func deliveries() -> Dispatcher {
        if let dispatcher { return dispatcher }
        let created = Dispatcher(clock: clock, ledger: ledger) { [weak self] callback, outcome in
            await self?.conclude(callback, outcome)
        }
        dispatcher = created
        return created
    }

    private func index(of provider: String) throws(SandboxRefusal) -> Int {
        if let index = imitations.firstIndex(where: { type(of: $0).name == provider }) { return index }
        let names = imitations.map { type(of: $0).name }.joined(separator: ", ")
        throw SandboxRefusal("there is no provider '\(provider)' here; there are \(names)")
    }
}
