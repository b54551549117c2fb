internal import NIOCore
internal import Synchronization

/// The phases of a connection that metrics count.
package enum ConnectionPhase: UInt8, CaseIterable, Sendable {
    /// Waits for a PROXY header or a TLS handshake.
    case handshake
    /// Waits for a request.
    case idle
    case head, body, response
    /// Waits for the client to read the last response.
    case closing
}

/// An open connection as the registry sees it. The event loop of the connection updates the entry; the registry reads
/// it to choose connections to close.
final class ConnectionEntry: Sendable {
    let channel: any Channel
    /// The time since which the connection has been idle, in nanoseconds of the event loops' clock. `Int64.max` while
    /// the connection must not be closed.
    private let quietSince: Atomic<Int64>
    /// The time of the last useful response, or of the start of the connection.
    private let useful: Atomic<Int64>
    private let isProvedFlag: Atomic<Bool>
    private let phaseValue = Atomic(ConnectionPhase.idle.rawValue)

    init(_ channel: any Channel, isProved: Bool, now: NIODeadline) {
        self.channel = channel
        self.quietSince = Atomic(Int64(clamping: now.uptimeNanoseconds))
        self.useful = Atomic(Int64(clamping: now.uptimeNanoseconds))
        self.isProvedFlag = Atomic(isProved)
    }

    /// Called when the application received a request and has not responded yet.
    func noteBusy() {
        quietSince.store(.max, ordering: .relaxed)
    }

    /// Called when the application has responded. An unproved connection counts as idle since its last successful
    /// request. Otherwise a client could keep its place by sending requests that are rejected.
    func noteResponse(isSuccessful: Bool, now: NIODeadline) {
        let now = Int64(clamping: now.uptimeNanoseconds)
        if isSuccessful || isProved { useful.store(now, ordering: .relaxed) }
        quietSince.store(useful.load(ordering: .relaxed), ordering: .relaxed)
    }

    var phase: ConnectionPhase {
        get { ConnectionPhase(rawValue: phaseValue.load(ordering: .relaxed)) ?? .idle }
        set { phaseValue.store(newValue.rawValue, ordering: .relaxed) }
    }

    /// The time since which the connection has been idle; nil while the connection must not be closed.
    var idleSince: Int64? {
        let since = quietSince.load(ordering: .relaxed)
        return since == .max ? nil : since
    }

    /// True if the connection's address recently sent a verified delivery.
    var isProved: Bool {
        get { isProvedFlag.load(ordering: .relaxed) }
        set { isProvedFlag.store(newValue, ordering: .relaxed) }
    }
}
