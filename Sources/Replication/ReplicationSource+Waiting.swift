internal import Deliveries
internal import NIOCore
internal import Synchronization

/// Requests that wait for an entry.
extension ReplicationSource {
    /// The maximum number of requests that wait at a time. Further requests get an empty response at once.
    private static let waitingCountLimit = 16

    struct Waiting {
        let request: ReplicationRequest
        let respond: @Sendable (Response) -> Void
        let timer: Scheduled<Void>
    }

    /// Keeps a request until the journal grows or the waiting time of the request is over.
    ///
    /// - Returns: false if the journal has grown, if too many requests wait, or if the source is closed.
    func wait(
        _ request: ReplicationRequest, _ respond: @escaping @Sendable (Response) -> Void, since growth: Int
    ) -> Bool {
        state.withLock { state in
            guard state.growth == growth, !state.isClosed, state.waiting.count < Self.waitingCountLimit else {
                return false
            }
            let id = state.nextID
            state.nextID += 1
            let timer = loop.scheduleTask(in: .seconds(request.waitSeconds)) { [self] in
                take(id).map { serveAgain($0, waitsOn: false) } ?? ()
            }
            state.waiting[id] = Waiting(request: request, respond: respond, timer: timer)
            state.followers.noteWaiting(request.node, 1, at: .now)
            return true
        }
    }

    private func take(_ id: Int) -> Waiting? {
        state.withLock { state in
            guard let waiting = state.waiting.removeValue(forKey: id) else { return nil }
            state.followers.noteWaiting(waiting.request.node, -1, at: .now)
            return waiting
        }
    }

    /// Called on the writer's thread when the journal has more entries.
    func grew() {
        let ids = state.withLock { state in
            state.growth += 1
            return Array(state.waiting.keys)
        }
        for id in ids {
            guard let waiting = take(id) else { continue }
            waiting.timer.cancel()
            serveAgain(waiting, waitsOn: true)
        }
    }

    /// - Parameter waitsOn: whether the request may wait again if there is still no entry after its position.
    private func serveAgain(_ waiting: Waiting, waitsOn: Bool) {
        var request = waiting.request
        if !waitsOn { request.waitSeconds = 0 }
        submit(request, hasWaited: true, waiting.respond)
    }
}
