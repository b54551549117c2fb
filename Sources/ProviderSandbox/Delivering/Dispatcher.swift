internal import Crypto
internal import Deliveries
internal import Foundation
internal import StrictJSON

/// Sends callbacks as their providers do: in order within a group, several groups at a time, with each provider's
/// retries and with the requested faults.
///
/// ```
/// send ─▶ queue of its group ─▶ delay ▸ fault ▸ attempt ─▶ ledger ─▶ outcome
///                                        ▲        │ not final
///                                        └─ wait ─┘
/// ```
actor Dispatcher {
    typealias Conclusion = @Sendable (Callback, CallbackOutcome) async -> Void

    static let concurrency = 4
    /// The maximum number of active groups. Most groups wait for a delay or for their next attempt.
    static let groupLimit = 1024

    private struct Item {
        let callback: Callback
        let conclude: Conclusion
    }

    private let clock: SandboxClock
    private let ledger: DeliveryLedger
    private var groups: [String: [Item]] = [:]
    private var ready: [String] = []
    private var running: [String: Task<Void, Never>] = [:]
    private var idleWaiters: [CheckedContinuation<Void, Never>] = []
    private var attemptCount = 0
    private var slotWaiters: [CheckedContinuation<Void, Never>] = []
    private var isStopped = false
    private(set) var faults: [FaultRule] = []

    init(clock: SandboxClock, ledger: DeliveryLedger) {
        self.clock = clock
        self.ledger = ledger
    }

    /// - Parameter conclude: called with the outcome of each callback.
    func send(_ callbacks: [Callback], conclude: @escaping Conclusion) {
        for callback in callbacks where !isStopped {
            if groups[callback.group, default: []].isEmpty && running[callback.group] == nil {
                ready.append(callback.group)
            }
            groups[callback.group, default: []].append(Item(callback: callback, conclude: conclude))
        }
        startReady()
    }

    func add(_ rule: FaultRule) { faults.append(rule) }
    func clearFaults() { faults = [] }

    var pendingCount: Int { groups.values.reduce(0) { $0 + $1.count } + running.count }

    func idle() async {
        guard !groups.isEmpty || !running.isEmpty else { return }
        await withCheckedContinuation { idleWaiters.append($0) }
    }

    func stop() async {
        isStopped = true
        groups = [:]
        ready = []
        let tasks = Array(running.values)
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
        resumeIfIdle()
    }

    private func startReady() {
        while running.count < Self.groupLimit, !ready.isEmpty {
            let group = ready.removeFirst()
            running[group] = Task { await run(group) }
        }
    }

    private func run(_ group: String) async {
        while let item = take(from: group), !isStopped {
            let faults = takeFaults(for: item.callback)
            if faults.contains(where: { $0.name == .reorder }), let next = take(from: group) {
                await deliver(next, takeFaults(for: next.callback).filter { $0.name != .reorder })
            }
            await deliver(item, faults)
        }
        groups[group] = nil
        running[group] = nil
        startReady()
        resumeIfIdle()
    }

    private func take(from group: String) -> Item? {
        groups[group]?.isEmpty == false ? groups[group]?.removeFirst() : nil
    }

    private func resumeIfIdle() {
        guard groups.isEmpty && running.isEmpty else { return }
        for waiter in idleWaiters { waiter.resume() }
        idleWaiters = []
    }

    private func deliver(_ item: Item, _ faults: [Fault]) async {
        let names = faults.map(\.name)
        let delay = faults.filter { $0.name == .delay }.reduce(item.callback.delay) { $0 + $1.seconds }
        if delay > 0 { await clock.sleep(for: delay) }
        guard !Task.isCancelled else { return }
        guard !names.contains(.drop) else {
            record(item.callback, 1, faults, ["byteCount": 0, "problem": "dropped"])
            return await item.conclude(item.callback, .dropped)
        }
        var outcome = await attempt(item.callback, faults)
        if names.contains(.duplicate), !Task.isCancelled { outcome = await attempt(item.callback, faults) }
        await item.conclude(item.callback, outcome)
    }

    private func attempt(_ callback: Callback, _ faults: [Fault]) async -> CallbackOutcome {
        var waits = callback.policy.waits[...]
        var number = 1
        while true {
            let response = await send(callback, number, faults)
            if let response, callback.policy.isFinal(response.status) {
                return (200...299).contains(response.status)
                    ? .delivered(status: response.status, body: response.body) : .failed(status: response.status)
            }
            guard let wait = waits.popFirst(), !Task.isCancelled else { return .failed(status: response?.status) }
            await clock.sleep(for: wait)
            guard !Task.isCancelled else { return .failed(status: response?.status) }
            number += 1
        }
    }

    /// Makes one attempt. The body is in memory only while the attempt has a slot.
    private func send(_ callback: Callback, _ number: Int, _ faults: [Fault]) async -> Response? {
        await takeSlot()
        defer { releaseSlot() }
        let body = callback.makeBody()
        var conditions = ProofConditions(secondsSinceEpoch: Int64(clock.now.timeIntervalSince1970))
        for fault in faults {
            if fault.name == .wrongSignature { conditions.isWrong = true }
            if fault.name == .stale { conditions.secondsSinceEpoch -= Int64(fault.seconds) }
        }
        let type = callback.method == "GET" ? [] : [HeaderField("Content-Type", "application/json")]
        let headers = type + callback.makeProof(body, conditions)
        let start = ContinuousClock.now
        var response: Response?
        var problem: String?
        if WebAddress.isLoopback(callback.url) {
            do {
                response = try await HTTPSender.send(
                    callback.method, callback.url, headers: headers, body: body, timeLimit: callback.policy.timeLimit)
            } catch {
                problem = error.problem
            }
        } else {
            // A link may name any host, but the sandbox sends requests only to this machine.
            problem = "not sent: the URL is not on this machine"
        }
        record(
            callback, number, faults,
            [
                "byteCount": .integer(body.count), "sha256": "\(Hex.encode(SHA256.hash(data: body)))",
                "status": response.map { .integer($0.status) } ?? .null, "problem": .optional(problem),
                "milliseconds": .integer(Int((ContinuousClock.now - start) / .milliseconds(1))),
            ])
        return response
    }

    private func takeSlot() async {
        guard attemptCount >= Self.concurrency else {
            attemptCount += 1
            return
        }
        await withCheckedContinuation { slotWaiters.append($0) }
    }

    /// Passes the slot to the attempt that has waited longest.
    private func releaseSlot() {
        if slotWaiters.isEmpty { attemptCount -= 1 } else { slotWaiters.removeFirst().resume() }
    }

    private func record(_ callback: Callback, _ attempt: Int, _ faults: [Fault], _ result: JSON) {
        let entry: JSON = [
            "at": "\(clock.now.milliseconds)", "provider": "\(callback.provider)", "type": "\(callback.type)",
            "reference": .optional(callback.reference), "method": "\(callback.method)", "url": "\(callback.url)",
            "attempt": .integer(attempt),
            "fault": faults.isEmpty ? nil : "\(faults.map(\.text).joined(separator: ", "))",
        ]
        ledger.record(entry.merging(result))
    }

    private func takeFaults(for callback: Callback) -> [Fault] {
        var taken: [Fault] = []
        for index in faults.indices where faults[index].applies(to: callback) {
            taken.append(faults[index].fault)
            if let count = faults[index].count { faults[index].count = count - 1 }
        }
        faults.removeAll { $0.count == 0 }
        return taken
    }
}
