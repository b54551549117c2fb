internal import NIOCore

/// Addresses that recently delivered something verified. Bounded: the one that delivered longest ago is dropped for a new one.
struct ProvedAddresses {
    /// How long a delivery proves its address.
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
