/// The followers that requested entries, by name. Their number is limited: the one that was quiet longest is removed.
struct FollowerTable {
    static let countLimit = 16
    /// A follower sends the next request at once. Therefore one that neither sent a request within this time nor waits
    /// for a response is gone.
    static let quietLimit: Duration = .seconds(5)

    package struct Follower: Sendable, Equatable {
        package let node: String
        /// The last position that the follower has on its disk.
        package fileprivate(set) var position: Int64
        package fileprivate(set) var lastContact: ContinuousClock.Instant
        /// The number of requests that wait for an entry.
        fileprivate var waitingCount = 0
        fileprivate var hasLeft = false
    }

    private(set) var followers: [Follower] = []

    mutating func note(_ node: String, _ position: Int64, at now: ContinuousClock.Instant) {
        if let index = followers.firstIndex(where: { $0.node == node }) {
            followers[index].position = position
            followers[index].lastContact = now
            followers[index].hasLeft = false
        } else {
            if followers.count >= Self.countLimit,
                let oldest = followers.indices.min(by: { one, other in
                    followers[one].lastContact < followers[other].lastContact
                })
            {
                followers.remove(at: oldest)
            }
            followers.append(Follower(node: node, position: position, lastContact: now))
        }
    }

    /// Called after the last request of a follower that ends.
    mutating func noteLeft(_ node: String) {
        guard let index = followers.firstIndex(where: { $0.node == node }) else { return }
        followers[index].hasLeft = true
    }

    /// Called when a request starts or stops waiting for an entry.
    mutating func noteWaiting(_ node: String, _ change: Int, at now: ContinuousClock.Instant) {
        guard let index = followers.firstIndex(where: { $0.node == node }) else { return }
        followers[index].waitingCount = max(0, followers[index].waitingCount + change)
        followers[index].lastContact = now
    }

    /// True if a follower is expected to copy an entry soon.
    func isFollowed(at now: ContinuousClock.Instant) -> Bool {
        followers.contains { isConnected($0, at: now) }
    }

    func isConnected(_ follower: Follower, at now: ContinuousClock.Instant) -> Bool {
        follower.waitingCount > 0
            || !follower.hasLeft && follower.lastContact.duration(to: now) <= Self.quietLimit
    }
}
