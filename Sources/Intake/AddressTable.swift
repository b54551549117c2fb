/// The token buckets of the most recent addresses, limited in number.
///
/// There are two generations. An address that is used moves to the newer generation. When the newer generation has half
/// of the allowed addresses, it replaces the older generation, whose addresses are forgotten. An access takes constant
/// time.
struct AddressTable: Sendable {
    private let generationCountLimit: Int
    private var newer: [UInt64: TokenBucket] = [:]
    private var older: [UInt64: TokenBucket] = [:]

    init(countLimit: Int) {
        self.generationCountLimit = max(1, countLimit / 2)
    }

    var count: Int { newer.count + older.count }

    /// Calls `use` with the bucket of an address, or with `new` if the address is unknown.
    mutating func withBucket(
        of address: UInt64, orNew new: TokenBucket, _ use: (inout TokenBucket) -> Bool
    ) -> Bool {
        if let index = newer.index(forKey: address) { return use(&newer.values[index]) }
        var bucket = older.removeValue(forKey: address) ?? new
        if newer.count >= generationCountLimit {
            older = newer
            newer = [:]
        }
        let isTaken = use(&bucket)
        newer[address] = bucket
        return isTaken
    }
}
