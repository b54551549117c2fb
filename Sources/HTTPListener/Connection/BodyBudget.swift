internal import NIOCore
internal import Synchronization

/// The memory budget that the bodies of all connections share.
final class BodyBudget: Sendable {
    private let limit: Int
    private let used = Atomic(0)

    init(limit: Int) {
        self.limit = limit
    }

    /// The number of bytes in use.
    var usedByteCount: Int {
        used.load(ordering: .relaxed)
    }

    /// Takes `byteCount` bytes for a body that already holds `held` bytes; false if too few bytes are left. Always
    /// succeeds if no other body holds bytes, so the only delivery in progress is never rejected.
    func take(_ byteCount: Int, onTopOf held: Int) -> Bool {
        let before = used.wrappingAdd(byteCount, ordering: .relaxed).oldValue
        guard before > held, before + byteCount > limit else { return true }
        release(byteCount)
        return false
    }

    func release(_ byteCount: Int) {
        guard byteCount > 0 else { return }
        used.wrappingSubtract(byteCount, ordering: .relaxed)
    }
}

/// The bytes of a body that is arriving. The budget counts the capacity of the array, not only its bytes.
struct BodyBuffer {
    private(set) var bytes: [UInt8] = []
    /// The number of bytes taken from the budget, to be returned later.
    private(set) var takenByteCount = 0

    /// Appends bytes; false if the budget is used up. The capacity starts small and doubles, up to the announced size
    /// or the limit. An announced body therefore takes no memory until it arrives.
    mutating func append(
        _ more: ByteBufferView, announced: Int64?, limit: Int, from budget: BodyBudget
    ) -> Bool {
        let needed = bytes.count + more.count
        if needed > takenByteCount {
            let most = min(limit, Int(clamping: announced ?? .max))
            let capacity = max(needed, min(most, takenByteCount * 2))
            guard budget.take(capacity - takenByteCount, onTopOf: takenByteCount) else { return false }
            takenByteCount = capacity
            bytes.reserveCapacity(capacity)
        }
        bytes.append(contentsOf: more)
        return true
    }
}
