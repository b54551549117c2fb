internal import Synchronization

/// How far a job that goes through a list has come, from part to part.
final class PartProgress: Sendable {
    private let position = Mutex(0)

    /// The next position below `count`; nil where there is none.
    func take(of count: Int) -> Int? {
        position.withLock { position in
            guard position < count else { return nil }
            defer { position += 1 }
            return position
        }
    }
}
