internal import Deliveries

/// The bounded queue of rejected deliveries for the writer's thread. Deliveries that do not fit are dropped, because a
/// flood of forgeries must not use the memory of real deliveries.
///
/// A delivery counts from `add` to `release`, including while it is written.
struct QuarantineBuffer {
    static let countLimit = 1024
    /// An empty buffer accepts any delivery.
    static let byteCountLimit = 32 * 1024 * 1024

    private var waiting: [QuarantinedDelivery] = []
    private var heldCount = 0
    private var heldByteCount = 0

    /// - Returns: false if the delivery does not fit.
    mutating func add(_ delivery: QuarantinedDelivery) -> Bool {
        let byteCount = Self.byteCount(of: delivery)
        guard
            heldCount == 0 || heldCount < Self.countLimit && heldByteCount + byteCount <= Self.byteCountLimit
        else { return false }
        waiting.append(delivery)
        heldCount += 1
        heldByteCount += byteCount
        return true
    }

    mutating func takeAll() -> [QuarantinedDelivery] {
        defer { waiting = [] }
        return waiting
    }

    /// Subtracts deliveries that the caller no longer holds.
    mutating func release(count: Int, byteCount: Int) {
        heldCount -= count
        heldByteCount -= byteCount
    }

    /// Approximate memory of a delivery.
    static func byteCount(of delivery: QuarantinedDelivery) -> Int {
        let request = delivery.request
        return request.headers.fields.reduce(512 + request.body.count + request.target.text.utf8.count) {
            $0 + 64 + $1.name.utf8.count + $1.value.utf8.count
        }
    }
}
