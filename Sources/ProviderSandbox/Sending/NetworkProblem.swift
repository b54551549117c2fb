internal import Foundation
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// Says in a few words why the network did not do it.
enum NetworkProblem {
    static func text(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            if let attempt = error.connectionErrors.first { return text(attempt.error) }
            return "the host name was not found"
        case let error as IOError: return String(cString: strerror(error.errnoCode)).lowercased()
        case ChannelError.connectTimeout: return "no connection in time"
        case is HTTPParserError: return "what came back is not HTTP/1.1"
        case is ChannelError: return "the connection was closed"
        default: return "the connection failed"
        }
    }
}

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
