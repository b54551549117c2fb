internal import Deliveries

/// The fake providers, with the time, randomness and deliveries that they share. Calls run one at a time, because the
/// same seed and the same order of calls must produce the same identifiers.
///
/// ```
/// call ─▶ FakeProvider ─▶ response
///             │ callbacks
///             ▼
///         Dispatcher ─▶ customer ─▶ DeliveryLedger
/// ```
actor Sandbox {
    nonisolated let clock: SandboxClock
    nonisolated let ledger = DeliveryLedger()
    nonisolated let dispatcher: Dispatcher

    private var baseURL: String
    private var random: SeededRandom
    private var providers: [any FakeProvider]
    /// The number of calls and page views, by provider.
    private(set) var callCounts: [String: Int] = [:]

    init(baseURL: String = "", seed: UInt64, providers: [any FakeProvider] = Sandbox.allProviders) {
        self.baseURL = baseURL
        self.random = SeededRandom(seed: seed)
        self.providers = providers
        clock = SandboxClock()
        dispatcher = Dispatcher(clock: clock, ledger: ledger)
    }

    static var allProviders: [any FakeProvider] {
        [FakeKlavi(), FakeCertnLegacy(), FakeCertnCentric(), FakeEZiD(), FakeCertificall()]
    }

    /// Starts a sandbox on a port of 127.0.0.1. It serves the providers' paths, their pages and the control API.
    static func listen(port: Int, seed: UInt64) async throws -> (sandbox: Sandbox, listener: SandboxListener) {
        let sandbox = Sandbox(seed: seed)
        let control = ControlAPI(sandbox: sandbox)
        let listener = try await SandboxListener.listen(port: port) { request in
            let request = APIRequest(request)
            if let response = await control.response(to: request) { return response }
            return await sandbox.response(to: request)
        }
        await sandbox.setBaseURL(listener.url)
        return (sandbox, listener)
    }

    private func setBaseURL(_ url: String) { baseURL = url }

    func response(to request: APIRequest) async -> Response {
        for index in providers.indices {
            let response = await inWorld { providers, world in providers[index].response(to: request, &world) }
            guard let response else { continue }
            callCounts[type(of: providers[index]).name, default: 0] += 1
            return response
        }
        return .json(404, ["error": "no fake provider serves the path of this \(request.method)"])
    }

    func register(_ registration: Registration, at provider: String) async throws {
        let index = try index(of: provider)
        try Self.requireLoopback(registration.url)
        try await inWorld { providers, world in try providers[index].register(registration, &world) }
    }

    /// Sets the callback URL of each provider that has one. The paths are the default paths of a Callbox at this
    /// address.
    func registerAll(_ base: String) async throws {
        let base = base.hasSuffix("/") ? String(base.dropLast()) : base
        for (provider, path) in [
            ("klavi", "/klavi"), ("certn-legacy", "/certn"), ("certn-centric", "/certn"),
            ("certificall", "/certificall"),
        ] {
            try await register(Registration(url: base + path), at: provider)
        }
    }

    /// Triggers `count` deliveries and queues them in one step, because the fault `reorder` needs the next delivery in
    /// the queue.
    func trigger(_ trigger: Trigger, at provider: String, count: Int = 1) async throws {
        let index = try index(of: provider)
        if let url = trigger.url { try Self.requireLoopback(url) }
        try await inWorld { providers, world in
            for _ in 0..<count { try providers[index].trigger(trigger, &world) }
        }
    }

    func stop() async {
        await dispatcher.stop()
    }

    /// Runs one call with the shared state. Afterwards, stores the state of the random generator and sends the
    /// callbacks.
    private func inWorld<Value: Sendable>(
        _ act: (inout [any FakeProvider], inout World) throws -> Value
    ) async rethrows -> Value {
        var world = World(now: clock.now, baseURL: baseURL, random: random)
        let value = try act(&providers, &world)
        random = world.random
        if !world.outbox.isEmpty {
            await dispatcher.send(world.outbox) { [weak self] in await self?.conclude($0, $1) }
        }
        return value
    }

    private func conclude(_ callback: Callback, _ outcome: CallbackOutcome) async {
        guard let index = providers.firstIndex(where: { type(of: $0).name == callback.provider }) else { return }
        await inWorld { providers, world in providers[index].conclude(callback, outcome, &world) }
    }

    private func index(of provider: String) throws -> Int {
        if let index = providers.firstIndex(where: { type(of: $0).name == provider }) { return index }
        let names = providers.map { type(of: $0).name }.joined(separator: ", ")
        throw SandboxFailure("there is no provider '\(provider)'; the providers are \(names)")
    }

    private static func requireLoopback(_ url: String) throws {
        guard WebAddress.isLoopback(url) else {
            throw SandboxFailure(
                "'\(url)' must be an http or https URL on this machine; the sandbox calls no other machine")
        }
    }
}
