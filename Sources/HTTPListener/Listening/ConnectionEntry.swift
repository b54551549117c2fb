internal import NIOCore
internal import Synchronization

/// The phase of a connection, as metrics count it.
package enum ConnectionPhase: UInt8, CaseIterable, Sendable {
    /// A PROXY header or a TLS handshake.
    case handshake
    /// A request.
    case idle
    case head, body, response
    /// The client, to read the last response.
    case closing
}

/// An open connection as the registry sees it. Its event loop notes what it does; the registry reads that when it must make
/// room.
final class ConnectionEntry: Sendable {
    let channel: any Channel
    /// Nanoseconds of the event loops' clock since when the connection is quiet; `Int64.max` while it must not be closed.
    private let quietSince: Atomic<Int64>
    private let isProvedFlag: Atomic<Bool>
    private let phaseValue = Atomic(ConnectionPhase.idle.rawValue)

    init(_ channel: any Channel, isProved: Bool, now: NIODeadline) {
        self.channel = channel
        self.quietSince = Atomic(Int64(clamping: now.uptimeNanoseconds))
        self.isProvedFlag = Atomic(isProved)
    }

    /// A request was handed over: its response is awaited.
    func noteBusy() {
        quietSince.store(.max, ordering: .relaxed)
    }

    /// A request began or its response was sent.
    func noteActivity(now: NIODeadline) {
        quietSince.store(Int64(clamping: now.uptimeNanoseconds), ordering: .relaxed)
    }

    var phase: ConnectionPhase {
        get { ConnectionPhase(rawValue: phaseValue.load(ordering: .relaxed)) ?? .idle }
        set { phaseValue.store(newValue.rawValue, ordering: .relaxed) }
    }

    /// nil while the connection must not be closed.
    var idleSince: Int64? {
        let since = quietSince.load(ordering: .relaxed)
        return since == .max ? nil : since
    }

    /// True if its address recently sent a verified delivery.
    var isProved: Bool {
        get { isProvedFlag.load(ordering: .relaxed) }
        set { isProvedFlag.store(newValue, ordering: .relaxed) }
    }
}
