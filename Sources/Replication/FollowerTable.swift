/// The followers that requested entries, by name. Their number is limited. Beyond the limit, the follower with the
/// oldest last request is removed.
///
/// A name belongs to one process. A new process with the same name is accepted, because the earlier process may have
/// ended. If the earlier process then sends a request, both processes are running, and the new process is rejected
/// until the earlier process is gone.
struct FollowerTable {
    static let countLimit = 16
    /// The silence after which a follower counts as gone. A follower sends its next request at once, so it either has a
    /// waiting request or sent one within this time.
    static let quietLimit: Duration = .seconds(5)
    /// The maximum number of rejected processes that are remembered for each name.
    private static let rejectedCountLimit = 16

    package struct Follower: Sendable, Equatable {
        package let node: String
        /// The last position that the follower has on its disk.
        package fileprivate(set) var position: Int64
        package fileprivate(set) var lastContact: ContinuousClock.Instant
        /// The number of requests that wait for an entry.
        fileprivate var waitingCount = 0
        /// The process that has the name.
        fileprivate var instance: Int64
        /// The process that had the name before and was connected; nil if it is known to be gone.
        fileprivate var earlier: Int64?
        fileprivate var rejected: [Int64] = []
        fileprivate var hasLeft = false
    }

    private(set) var followers: [Follower] = []

    /// Notes a request.
    ///
    /// - Returns: false, without any change, if the name belongs to another process.
    mutating func note(
        _ node: String, _ instance: Int64, _ position: Int64, at now: ContinuousClock.Instant
    ) -> Bool {
        if let index = followers.firstIndex(where: { $0.node == node }) {
            guard claim(&followers[index], instance, at: now) else { return false }
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
            followers.append(Follower(node: node, position: position, lastContact: now, instance: instance))
        }
        return true
    }

    private func claim(_ follower: inout Follower, _ instance: Int64, at now: ContinuousClock.Instant) -> Bool {
        guard instance != follower.instance else { return true }
        if !isConnected(follower, at: now) {
            (follower.earlier, follower.rejected) = (nil, [])
        } else if follower.rejected.contains(instance) {
            return false
        } else if instance == follower.earlier {
            follower.rejected = [follower.instance] + follower.rejected.prefix(Self.rejectedCountLimit - 1)
            follower.earlier = nil
        } else {
            follower.earlier = follower.instance
        }
        follower.instance = instance
        return true
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

    /// True if a follower will probably copy an entry soon.
    func isFollowed(at now: ContinuousClock.Instant) -> Bool {
        followers.contains { isConnected($0, at: now) }
    }

    func isConnected(_ follower: Follower, at now: ContinuousClock.Instant) -> Bool {
        follower.waitingCount > 0
            || !follower.hasLeft && follower.lastContact.duration(to: now) <= Self.quietLimit
    }
}
