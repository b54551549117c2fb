internal import Synchronization

/// Counts how often each limit of the listener took effect. All event loops share the counters; ordinary requests do
/// not change them.
package final class ListenerCounters: Sendable {
    /// The limits by their names in metrics.
    package enum Name: String, CaseIterable, Sendable {
        case headerTimeout = "header_timeout"
        case requestTimeout = "request_timeout"
        case bodyTooSlow = "body_too_slow"
        case responseTimeout = "response_timeout"
        case sendTimeout = "send_timeout"
        case idleTimeout = "idle_timeout"
        case bodyMemoryFull = "body_memory_full"
        case bodyLimit = "body_limit"
        case headerLimit = "header_limit"
        case targetLimit = "target_limit"
        case pendingOutput = "pending_output"
        case lingerLimit = "linger_limit"
        case requestsPerConnection = "requests_per_connection"
        case malformed = "malformed"
        case handshakeFailed = "handshake_failed"
        case handshakeTimeout = "handshake_timeout"
        case connectionLimit = "connection_limit"
        case addressLimit = "address_limit"
        case evicted = "evicted"
        case descriptorsExhausted = "descriptors_exhausted"
    }

    private let counts = Mutex<[Name: Int]>([:])

    package init() {}

    /// All counts since the start, by name.
    package var snapshot: [(name: String, count: Int)] {
        let counts = counts.withLock { $0 }
        return Name.allCases.map { ($0.rawValue, counts[$0] ?? 0) }
    }

    subscript(_ name: Name) -> Int {
        counts.withLock { $0[name] ?? 0 }
    }

    func add(_ name: Name) {
        counts.withLock { $0[name, default: 0] += 1 }
    }
}
