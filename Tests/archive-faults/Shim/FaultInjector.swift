import Synchronization

/// Counts SQLite's operations and determines which of them fail. There is one injector per process, because SQLite's
/// hooks are global.
final class FaultInjector: Sendable {
    static let shared = FaultInjector()

    struct Tally: Sendable {
        /// The number of operations of the kind in the plan, including failed operations.
        var operationCount = 0
        var faultCount = 0
    }

    private struct State {
        var plan: FaultPlan?
        var tally = Tally()
    }

    private let state = Mutex(State())

    func arm(_ plan: FaultPlan) {
        state.withLock { $0 = State(plan: plan) }
    }

    /// Ends the plan. Returns the counts.
    @discardableResult
    func disarm() -> Tally {
        state.withLock { state in
            state.plan = nil
            return state.tally
        }
    }

    var faultCount: Int {
        state.withLock { $0.tally.faultCount }
    }

    /// Counts an operation. Returns how the operation fails, or nil if it succeeds.
    func next(_ operation: Operation, on database: FaultPlan.Database? = nil) -> FaultPlan.Manner? {
        state.withLock { state in
            guard let plan = state.plan, plan.operation == operation,
                database == nil || plan.database == nil || plan.database == database
            else { return nil }
            state.tally.operationCount += 1
            guard let first = plan.first, state.tally.operationCount >= first,
                state.tally.operationCount - first < plan.length
            else { return nil }
            state.tally.faultCount += 1
            return plan.manner
        }
    }
}
