internal import Deliveries

/// Rejected deliveries on their way to the writer's thread, bounded in number and bytes. What does not fit is dropped: a flood of
/// forgeries must not take memory from real deliveries.
///
/// Bytes count from `add` until `release`, so also while they are written.
struct QuarantineBuffer {
    static let countLimit = 1024
    /// A single larger delivery is accepted when nothing else is held.
    static let byteCountLimit = 32 * 1024 * 1024

    private var waiting: [QuarantinedDelivery] = []
    private var heldCount = 0
    private var heldByteCount = 0

    var isEmpty: Bool {
        waiting.isEmpty
    }

    /// - Returns: false when the delivery does not fit.
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

    /// Makes room for others. The caller does not hold the deliveries any more.
    mutating func release(count: Int, byteCount: Int) {
        heldCount -= count
        heldByteCount -= byteCount
    }

    /// Memory that a delivery takes, about.
    static func byteCount(of delivery: QuarantinedDelivery) -> Int {
        let request = delivery.request
        return request.headers.fields.reduce(512 + request.body.count + request.target.text.utf8.count) {
            $0 + 64 + $1.name.utf8.count + $1.value.utf8.count
        }
    }
}
