internal import Deliveries
internal import NIOCore
internal import Synchronization

/// Responses on their way to the connections of one event loop, delivered in groups.
///
/// ```
/// writer thread ─ post ─▶ waiting ─ one task for all that wait ─▶ connections
/// ```
/// Only a post into an empty mailbox schedules a task. A committed batch therefore costs a loop one task instead of one
/// task per response. A connection has at most one request without a response, so the number of connections limits the
/// number of waiting responses.
final class ResponseMailbox: Sendable {
    private typealias Posted = (response: Response, connection: NIOLoopBound<ConnectionHandler>)

    private let schedule: @Sendable (@escaping @Sendable () -> Void) -> Void
    private let waiting = Mutex<[Posted]>([])

    convenience init(_ eventLoop: any EventLoop) {
        self.init { eventLoop.execute($0) }
    }

    /// - Parameter schedule: runs a task on the event loop, but never before `schedule` returns.
    init(schedule: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void) {
        self.schedule = schedule
    }

    /// Posts a response. Can be called on any thread. The connection never gets the response within this call; see
    /// `ConnectionHandler.channelRead`.
    func post(_ response: Response, to connection: NIOLoopBound<ConnectionHandler>) {
        let wasEmpty = waiting.withLock { waiting in
            waiting.append((response, connection))
            return waiting.count == 1
        }
        if wasEmpty { schedule { self.deliver() } }
    }

    private func deliver() {
        let posted = waiting.withLock { waiting in
            var posted: [Posted] = []
            swap(&posted, &waiting)
            return posted
        }
        for (response, connection) in posted { connection.value.response(response) }
    }
}
