/// The operation took longer than it may.
struct TimeLimitPassed: Error {}

/// Runs an operation and cancels it when the time is up.
func withTimeLimit<Value: Sendable>(
    _ limit: Duration, _ operation: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value.self) { group in
        defer { group.cancelAll() }
        group.addTask { try await operation() }
        group.addTask {
            try await Task.sleep(for: limit)
            throw TimeLimitPassed()
        }
        guard let value = try await group.next() else { throw CancellationError() }
        return value
    }
}
