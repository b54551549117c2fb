internal import Synchronization

/// Streams that nobody uses at the moment, kept because making one costs more than a small body does.
final class StreamPool<Stream: AnyObject & Sendable>: Sendable {
    private let idle = Mutex<[Stream]>([])
    private let countLimit: Int

    /// At most `countLimit` streams are kept.
    init(countLimit: Int = 16) {
        self.countLimit = countLimit
    }

    /// A stream for the caller alone until it is given back.
    func borrow() -> Stream? {
        idle.withLock { $0.popLast() }
    }

    /// Keeps the stream for the next borrower, or lets it go where enough are kept.
    func giveBack(_ stream: Stream) {
        idle.withLock { streams in
            if streams.count < countLimit { streams.append(stream) }
        }
    }
}
