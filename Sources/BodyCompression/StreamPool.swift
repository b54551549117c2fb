internal import Synchronization

/// Streams that are kept for reuse, because creating a stream costs more than compressing a small body.
final class StreamPool<Stream: AnyObject & Sendable>: Sendable {
    private let idle = Mutex<[Stream]>([])
    private let countLimit: Int

    init(countLimit: Int = 16) {
        self.countLimit = countLimit
    }

    /// Runs `body` with exclusive use of a kept or new stream. Afterwards keeps the stream unless `countLimit` streams
    /// are already kept.
    ///
    /// - Returns: nil if `make` returned nil.
    func withStream<Value, Failure: Error>(
        orNew make: @autoclosure () -> Stream?, _ body: (Stream) throws(Failure) -> Value
    ) throws(Failure) -> Value? {
        guard let stream = idle.withLock({ $0.popLast() }) ?? make() else { return nil }
        defer {
            idle.withLock { streams in
                if streams.count < countLimit { streams.append(stream) }
            }
        }
        return try body(stream)
    }
}
