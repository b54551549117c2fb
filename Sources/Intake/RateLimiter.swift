internal import Deliveries

/// The rate limits for unverified requests, per address and in total. The addresses of an IPv6 /64 count as one
/// address.
package struct RateLimits: Sendable, Equatable {
    package var perAddress: Rate
    package var total: Rate
    /// The maximum number of addresses to remember, about 50 bytes each. The oldest addresses are forgotten first. A
    /// forgotten address starts with a full bucket again.
    package var addressCount = 10_000

    package init(perAddress: Rate, total: Rate) {
        self.perAddress = perAddress
        self.total = total
    }

    /// The limits for browser redirects. A person may reload a page a few times, and several people in an office may
    /// share an address. With 4 KiB per redirect, the total limit is 0.8 MiB per second.
    package static let redirects = RateLimits(
        perAddress: Rate(perSecond: 10, burst: 30), total: Rate(perSecond: 200, burst: 400))

    /// The limits for storing rejected deliveries in the quarantine. Each delivery takes one token, plus one token per
    /// 16 KiB; the total limit is 1.6 MiB per second. The burst is large enough for the largest body, and for the
    /// deliveries of a provider whose new secret is not configured yet.
    package static let quarantine = RateLimits(
        perAddress: Rate(perSecond: 20, burst: 4000), total: Rate(perSecond: 100, burst: 8000))
}

struct RateLimiter: Sendable {
    private let limits: RateLimits
    private var total: TokenBucket?
    private var addresses: AddressTable

    init(_ limits: RateLimits) {
        self.limits = limits
        self.addresses = AddressTable(countLimit: limits.addressCount)
    }

    mutating func takeForAddress(_ address: UInt64, cost: Int64 = 1, at now: Timestamp) -> Bool {
        addresses.withBucket(of: address, orNew: TokenBucket(limits.perAddress, at: now)) { bucket in
            bucket.take(cost, of: limits.perAddress, at: now)
        }
    }

    mutating func takeFromTotal(cost: Int64 = 1, at now: Timestamp) -> Bool {
        var bucket = total ?? TokenBucket(limits.total, at: now)
        defer { total = bucket }
        return bucket.take(cost, of: limits.total, at: now)
    }
}
