internal import Synchronization

/// The memory that bodies of all connections share.
final class BodyBudget: Sendable {
    private let limit: Int
    private let used = Atomic(0)

    init(limit: Int) {
        self.limit = limit
    }

    /// What is taken at the moment.
    var usedByteCount: Int {
        used.load(ordering: .relaxed)
    }

    /// Takes a share for a body that holds `held` bytes already, or nothing where not enough is left. It is always given
    /// while no other body holds any, so that a delivery that is alone is never rejected for its size here.
    func take(_ byteCount: Int, onTopOf held: Int) -> Bool {
        let before = used.wrappingAdd(byteCount, ordering: .relaxed).oldValue
        guard before > held, before + byteCount > limit else { return true }
        giveBack(byteCount)
        return false
    }

    func giveBack(_ byteCount: Int) {
        used.wrappingSubtract(byteCount, ordering: .relaxed)
    }
}
