internal import Synchronization

/// The memory that bodies of all connections share.
final class BodyBudget: Sendable {
    private let limit: Int
    private let used = Atomic(0)

    init(limit: Int) {
        self.limit = limit
    }

    /// Takes a share, or nothing where not enough is left. A share is always given while no other is out, so that a single
    /// delivery is never refused for its size here.
    func take(_ byteCount: Int) -> Bool {
        let before = used.wrappingAdd(byteCount, ordering: .relaxed).oldValue
        guard before > 0, before + byteCount > limit else { return true }
        giveBack(byteCount)
        return false
    }

    func giveBack(_ byteCount: Int) {
        used.wrappingSubtract(byteCount, ordering: .relaxed)
    }
}
