internal import NIOCore
internal import Synchronization

/// The memory budget that the bodies of all connections share.
final class BodyBudget: Sendable {
    private let limit: Int
    private let used = Atomic(0)

    init(limit: Int) {
        self.limit = limit
    }

    /// Bytes in use.
    var usedByteCount: Int {
        used.load(ordering: .relaxed)
    }

    /// Takes a share for a body that holds `held` bytes already; false if not enough is left. A body always gets its
    /// share while no other body holds any, so this budget never rejects the only delivery for its size.
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

/// A body as it arrives. The budget counts the memory that the array holds, not only the bytes in it.
struct BodyBuffer {
    private(set) var bytes: [UInt8] = []
    /// The bytes to return to the budget.
    private(set) var takenByteCount = 0

    /// Appends bytes; false if the budget is used up. The capacity doubles as the body grows, up to the announced size
    /// or the limit. An announced body therefore uses no memory before it arrives.
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
