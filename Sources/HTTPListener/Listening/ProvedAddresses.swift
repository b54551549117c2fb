internal import NIOCore

/// The addresses that recently sent a verified delivery. The number of addresses is limited: a new address replaces the
/// address whose last delivery is oldest.
struct ProvedAddresses {
    /// The time for which an address counts as proved after a verified delivery.
    private static let lifetime = TimeAmount.hours(7 * 24)

    private let limit: Int
    private var deliveredAt: [UInt64: NIODeadline] = [:]

    init(limit: Int) {
        self.limit = limit
    }

    func contains(_ address: UInt64, now: NIODeadline) -> Bool {
        deliveredAt[address].map { now < $0 + Self.lifetime } ?? false
    }

    mutating func insert(_ address: UInt64, now: NIODeadline) {
        if deliveredAt[address] == nil, deliveredAt.count >= limit,
            let oldest = deliveredAt.min(by: { $0.value < $1.value })
        {
            deliveredAt[oldest.key] = nil
        }
        guard deliveredAt.count < limit || deliveredAt[address] != nil else { return }
        deliveredAt[address] = now
    }
}
