internal import Deliveries

/// The bounded queue of rejected deliveries that wait for the writer's thread. Deliveries that do not fit are dropped,
/// because a flood of forgeries must not use up the memory for genuine deliveries.
///
/// A delivery counts against the limits from `add` until `release`, which includes the time of its write.
struct QuarantineBuffer {
    static let countLimit = 1024
    /// The maximum total size of waiting deliveries in bytes. An empty buffer accepts a delivery of any size.
    static let byteCountLimit = 32 * 1024 * 1024

    private var waiting: [QuarantinedDelivery] = []
    private var heldCount = 0
    private var heldByteCount = 0

    /// Adds a delivery.
    ///
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

    /// Subtracts deliveries that the writer has stored or dropped.
    mutating func release(count: Int, byteCount: Int) {
        heldCount -= count
        heldByteCount -= byteCount
    }

    /// The approximate memory of a delivery in bytes.
    static func byteCount(of delivery: QuarantinedDelivery) -> Int {
        let request = delivery.request
        return request.headers.fields.reduce(512 + request.body.count + request.target.text.utf8.count) {
            $0 + 64 + $1.name.utf8.count + $1.value.utf8.count
        }
    }
}
