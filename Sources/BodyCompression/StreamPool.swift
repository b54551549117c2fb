internal import Synchronization

/// Unused streams, kept because creating one costs more than compressing a small body.
final class StreamPool<Stream: AnyObject & Sendable>: Sendable {
    private let idle = Mutex<[Stream]>([])
    private let countLimit: Int

    init(countLimit: Int = 16) {
        self.countLimit = countLimit
    }

    /// Runs `body` with a stream for its exclusive use, kept or new, and keeps it unless `countLimit` streams are kept
    /// already.
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
