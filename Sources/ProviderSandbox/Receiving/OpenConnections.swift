internal import NIOCore
internal import Synchronization

/// The connections of a receiver: counted against their limit, and closed together in the end.
final class OpenConnections: Sendable {
    private let limit: Int
    private let channels = Mutex<[ObjectIdentifier: any Channel]>([:])

    init(limit: Int) {
        self.limit = limit
    }

    /// Whether there is room for it.
    func add(_ channel: any Channel) -> Bool {
        let key = ObjectIdentifier(channel)
        let isAdded = channels.withLock { channels in
            guard channels.count < limit else { return false }
            channels[key] = channel
            return true
        }
        if isAdded {
            channel.closeFuture.whenComplete { _ in self.channels.withLock { $0[key] = nil } }
        }
        return isAdded
    }

    func closeAll() {
        for channel in channels.withLock({ Array($0.values) }) { channel.close(promise: nil) }
    }
}
