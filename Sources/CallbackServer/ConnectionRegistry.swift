internal import NIOCore
internal import Synchronization

/// The connections that are open, so that they can be counted and drained.
final class ConnectionRegistry: Sendable {
    enum Admission {
        case welcome
        /// To be told to come again and closed.
        case overCount
    }

    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var isDraining = false
    }

    /// Connections over the limit that are told so at a time; further ones are closed without a word.
    private static let overCountLimit = 256

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) {
        self.limit = limit
    }

    /// Takes a connection in; nil where even telling it to come again would cost too much, and once the server stops.
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
        return count <= limit ? .welcome : .overCount
    }

    /// Tells every connection that the server stops and waits until all are closed, `grace` at most.
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
