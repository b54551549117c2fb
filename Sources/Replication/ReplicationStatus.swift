/// The state of replication that `doctor` reports: the followers of a primary, or the progress of a copy.
package struct ReplicationStatus: Codable, Sendable, Equatable {
    package struct Follower: Codable, Sendable, Equatable {
        package let node: String
        /// The number of entries that the follower does not have yet.
        package let lagCount: Int64
        package let quietMilliseconds: Int64
        package let isConnected: Bool

        package init(node: String, lagCount: Int64, quietMilliseconds: Int64, isConnected: Bool) {
            self.node = node
            self.lagCount = lagCount
            self.quietMilliseconds = quietMilliseconds
            self.isConnected = isConnected
        }
    }

    package struct Copy: Codable, Sendable, Equatable {
        /// The last position of the copied journal, as of the last read.
        package let primaryPosition: Int64
        package let isConnected: Bool
        /// The reason why copying ended; nil while copying continues.
        package let problem: String?

        package init(primaryPosition: Int64, isConnected: Bool, problem: String?) {
            self.primaryPosition = primaryPosition
            self.isConnected = isConnected
            self.problem = problem
        }
    }

    /// The followers since the start of the process; nil if the process does not listen for followers.
    package var followers: [Follower]?
    /// The progress of copying; nil if the process copies no journal.
    package var copy: Copy?
    /// True after another archive took over as the primary.
    package var isSuperseded = false

    package init() {}
}

extension ReplicationSource {
    /// - Parameter end: the last position of the journal.
    package func status(end: Int64, at now: ContinuousClock.Instant = .now) -> [ReplicationStatus.Follower] {
        followerTable.status(end: end, at: now)
    }
}

extension FollowerTable {
    func status(end: Int64, at now: ContinuousClock.Instant) -> [ReplicationStatus.Follower] {
        followers.map { follower in
            let quiet = follower.lastContact.duration(to: now) / .milliseconds(1)
            return ReplicationStatus.Follower(
                node: follower.node, lagCount: max(0, end - follower.position),
                quietMilliseconds: Int64(max(0, min(quiet, 1e15))), isConnected: isConnected(follower, at: now))
        }
    }
}
