/// The settings of a node of a shared journal.
package struct SharedJournalSettings: Sendable, Equatable {
    package var address: PostgresAddress
    /// The unique name of this node. If a live process already uses the name, this process stops at startup. A new
    /// process replaces a process that hangs. The replaced process stops if it resumes later.
    package var node: String
    package var level = DurabilityLevel.disk
    /// The number of connections that commit at the same time.
    package var laneCount = 2
    /// The time for which an unresponsive leader prevents other nodes from taking the lead.
    package var lease: Duration = .seconds(5)

    package static let laneCounts = 1...32

    package init(address: PostgresAddress, node: String) {
        self.address = address
        self.node = node
    }

    func connect(_ role: String) throws(PostgresFailure) -> PostgresConnection {
        try PostgresConnection(address, application: "callbox \(node) \(role)")
    }
}

/// An event of a shared journal, for the log.
package enum SharedJournalEvent: Sendable, Equatable {
    /// Another server took over a lane of this server, so this server must stop.
    case fenced(lane: String)
    /// Another process uses this node's name, so this process must stop.
    case nameInUse(node: String)
    case laneConnected(lane: String)
    case laneFailed(lane: String, reason: String)
    /// A batch was committed, but its durability at the level is uncertain.
    case unproved(lane: String, reason: String)
    case becameLeader(epoch: Int64)
    case lostLead
    case leaderFailed(reason: String)
    case followerConnected
    case followerFailed(reason: String)
    /// The archive is not a copy of the shared journal, so copying ended.
    case followerStopped(reason: String)
}
