internal import Synchronization

/// Resumes a continuation exactly once. A cancelled task stops waiting.
final class Waiter<Value: Sendable>: Sendable {
    private enum State {
        case idle, ended
        case waiting(CheckedContinuation<Value, any Error>)
    }

    private let state = Mutex(State.idle)

    /// - Parameter start: starts the work. The work must call `end` when it has ended.
    static func wait(
        _ start: (Waiter) -> Void, onCancel: @escaping @Sendable (Waiter) -> Void = { _ in }
    ) async throws -> Value {
        let waiter = Waiter()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                if waiter.begin(continuation) { start(waiter) }
            }
        } onCancel: {
            waiter.end(.failure(CancellationError()))
            onCancel(waiter)
        }
    }

    /// Stores the continuation. Returns false if the task was already cancelled. In that case, resumes the
    /// continuation.
    private func begin(_ continuation: CheckedContinuation<Value, any Error>) -> Bool {
        let isCancelled = state.withLock { state in
            if case .ended = state { return true }
            state = .waiting(continuation)
            return false
        }
        if isCancelled { continuation.resume(throwing: CancellationError()) }
        return !isCancelled
    }

    /// True until the continuation is resumed.
    var isWaiting: Bool {
        state.withLock { state in
            if case .waiting = state { true } else { false }
        }
    }

    /// Resumes the continuation. Returns false if it was already resumed.
    @discardableResult
    func end(_ result: Result<Value, any Error>) -> Bool {
        let before = state.withLock { state in
            defer { state = .ended }
            return state
        }
        guard case .waiting(let continuation) = before else { return false }
        continuation.resume(with: result)
        return true
    }
}
