internal import NIOCore
internal import Synchronization

/// The connections that are open, so that they can be counted and drained.
final class ConnectionRegistry: Sendable {
    enum Admission {
        case accepted
        /// Gets 503 and is closed.
        case overCount
    }

    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var isDraining = false
    }

    /// Connections over the limit that get a 503; further ones are closed without a response.
    private static let overCountLimit = 256

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) {
        self.limit = limit
    }

    /// Registers a connection; nil if even a 503 would cost too much, and while the server stops.
    func add(_ channel: any Channel) -> Admission? {
        let key = ObjectIdentifier(channel)
        let count: Int? = state.withLock { state in
            guard !state.isDraining, state.channels.count < limit + Self.overCountLimit else { return nil }
            state.channels[key] = channel
            return state.channels.count
        }
        guard let count else { return nil }
        channel.closeFuture.whenComplete { [self] _ in
            state.withLock { state in _ = state.channels.removeValue(forKey: key) }
        }
        return count <= limit ? .accepted : .overCount
    }

    /// Drains every connection and waits until all are closed, `grace` at most.
    func drain(grace: Duration, on eventLoop: any EventLoop) async {
        let open = state.withLock { state in
            state.isDraining = true
            return Array(state.channels.values)
        }
        for channel in open {
            channel.eventLoop.execute { channel.pipeline.fireUserInboundEventTriggered(DrainEvent()) }
        }
        let cut = eventLoop.scheduleTask(in: TimeAmount(grace)) {
            for channel in open { channel.close(promise: nil) }
        }
        try? await EventLoopFuture.andAllComplete(open.map(\.closeFuture), on: eventLoop).get()
        cut.cancel()
    }
}
