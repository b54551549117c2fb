internal import Foundation

/// Sends callbacks as their providers do: in order within a group, several groups at a time, with each provider's retries,
/// and with the faults that were asked for.
///
/// ```
/// hand over ─▶ queue of its group ─▶ delay ▸ fault ▸ attempt ─▶ ledger ─▶ outcome
///                                            ▲        │ not final
///                                            └─ wait ─┘
/// ```
package actor Dispatcher {
    /// Attempts that are made at the same time.
    package static let concurrency = 4
    /// Groups that are worked on at the same time: most of them wait for a delay or for their next try.
    static let groupLimit = 1024

    private let clock: SandboxClock
    private let ledger: DeliveryLedger
    private let sender = CallbackSender()
    private let conclude: @Sendable (Callback, CallbackOutcome) async -> Void

    private var groups: [String: [Callback]] = [:]
    /// Groups with something to send that nobody sends, in the order they came to be.
    private var ready: [String] = []
    private var running: [String: Task<Void, Never>] = [:]
    private var idleWaiters: [CheckedContinuation<Void, Never>] = []
    private var attemptCount = 0
    private var slotWaiters: [CheckedContinuation<Void, Never>] = []
    private var isStopped = false
    package private(set) var faults: [FaultRule] = []

    /// - Parameter conclude: told of each callback's end.
    package init(
        clock: SandboxClock, ledger: DeliveryLedger,
        conclude: @escaping @Sendable (Callback, CallbackOutcome) async -> Void
    ) {
        self.clock = clock
        self.ledger = ledger
        self.conclude = conclude
    }

    package func send(_ callbacks: [Callback]) {
        for callback in callbacks where !isStopped {
            if groups[callback.group, default: []].isEmpty && running[callback.group] == nil {
                ready.append(callback.group)
            }
            groups[callback.group, default: []].append(callback)
        }
        startReady()
    }

    package func add(_ rule: FaultRule) {
        faults.append(rule)
    }

    package func clearFaults() {
        faults = []
    }

    /// Callbacks that are not through.
    package var pendingCount: Int {
        groups.values.reduce(0) { $0 + $1.count } + running.count
    }

    /// Returns when nothing is left to send.
    package func idle() async {
        guard !groups.isEmpty || !running.isEmpty else { return }
        await withCheckedContinuation { idleWaiters.append($0) }
    }

    /// Sends nothing more.
    package func stop() async {
        isStopped = true
        groups = [:]
        ready = []
        let tasks = Array(running.values)
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
        settle()
    }

    private func startReady() {
        while running.count < Self.groupLimit, !ready.isEmpty {
            let group = ready.removeFirst()
            running[group] = Task { await work(group) }
        }
    }

    private func work(_ group: String) async {
        while let callback = groups[group]?.first, !isStopped {
            groups[group]?.removeFirst()
            await deliver(callback)
        }
        groups[group] = nil
        running[group] = nil
        startReady()
        settle()
    }

    private func settle() {
        guard groups.isEmpty && running.isEmpty else { return }
        for waiter in idleWaiters { waiter.resume() }
        idleWaiters = []
    }

    private func deliver(_ callback: Callback) async {
        let befallen = takeFaults(of: callback)
        if befallen.contains(.reorder), let next = groups[callback.group]?.first {
            groups[callback.group]?.removeFirst()
            await deliver(next, befallen: takeFaults(of: next).filter { $0 != .reorder })
        }
        await deliver(callback, befallen: befallen)
    }

    private func deliver(_ callback: Callback, befallen: [Fault]) async {
        var delay = callback.delay
        for case .delay(let seconds) in befallen { delay += seconds }
        if delay > 0 { await clock.sleep(for: delay) }
        guard !Task.isCancelled else { return }
        let label = befallen.isEmpty ? nil : befallen.map(\.text).joined(separator: ", ")
        guard !befallen.contains(.drop) else {
            record(callback, body: [], attempt: 1, fault: label, .unanswered(problem: "dropped"), since: .now)
            await conclude(callback, .dropped)
            return
        }
        var outcome = await attempts(at: callback, befallen, label)
        if befallen.contains(.duplicate), !Task.isCancelled { outcome = await attempts(at: callback, befallen, label) }
        await conclude(callback, outcome)
    }

    private func attempts(at callback: Callback, _ befallen: [Fault], _ label: String?) async -> CallbackOutcome {
        var waits = callback.policy.waits[...]
        var attempt = 1
        while true {
            await takeSlot()
            let body = callback.body
            var conditions = ProofConditions(secondsSinceEpoch: Int64(clock.now.timeIntervalSince1970))
            conditions.isWrong = befallen.contains(.wrongSignature)
            for case .staleTime(let seconds) in befallen { conditions.secondsSinceEpoch -= Int64(seconds) }
            let start = ContinuousClock.now
            let reply = await sender.attempt(callback, body: body, proof: callback.proof(of: body, conditions))
            giveSlotBack()
            record(callback, body: body, attempt: attempt, fault: label, reply, since: start)
            var status: Int?
            if case .answered(let answered, let answer) = reply {
                status = answered
                if callback.policy.isFinal(answered) {
                    return (200...299).contains(answered)
                        ? .delivered(status: answered, body: answer) : .failed(status: answered)
                }
            }
            guard let wait = waits.popFirst(), !Task.isCancelled else { return .failed(status: status) }
            await clock.sleep(for: wait)
            guard !Task.isCancelled else { return .failed(status: status) }
            attempt += 1
        }
    }

    /// A body is made, and is in memory, only while an attempt has one of the slots.
    private func takeSlot() async {
        guard attemptCount >= Self.concurrency else {
            attemptCount += 1
            return
        }
        await withCheckedContinuation { slotWaiters.append($0) }
    }

    /// Hands the slot to the one who waits longest.
    private func giveSlotBack() {
        if slotWaiters.isEmpty {
            attemptCount -= 1
        } else {
            slotWaiters.removeFirst().resume()
        }
    }

    private func record(
        _ callback: Callback, body: [UInt8], attempt: Int, fault: String?, _ reply: CallbackSender.Reply,
        since start: ContinuousClock.Instant
    ) {
        var status: Int?
        var problem: String?
        switch reply {
        case .answered(let answered, _): status = answered
        case .unanswered(let text): problem = text
        }
        let time = (ContinuousClock.now - start) / .milliseconds(1)
        ledger.record(
            LedgerEntry(
                at: clock.now, provider: callback.provider, kind: callback.kind, reference: callback.reference,
                method: callback.method, url: callback.url, attempt: attempt, fault: fault, byteCount: body.count,
                sha256: Hex.sha256(body), status: status, problem: problem, milliseconds: Int(time)))
    }

    /// The faults that befall this callback, counted down.
    private func takeFaults(of callback: Callback) -> [Fault] {
        var taken: [Fault] = []
        for index in faults.indices where faults[index].befalls(callback) {
            taken.append(faults[index].fault)
            if let count = faults[index].count { faults[index].count = count - 1 }
        }
        faults.removeAll { $0.count.map { $0 <= 0 } ?? false }
        return taken
    }
}
