/// The settings with which a node uses a shared journal.
package struct SharedJournalSettings: Sendable, Equatable {
    package var address: PostgresAddress
    /// The name of this process among the nodes of the journal. If a process has it that is alive, this one stops at its
    /// start; one that hangs is replaced, and stops when it continues.
    package var node: String
    package var level = DurabilityLevel.disk
    /// The number of connections that commit at the same time.
    package var laneCount = 2
    /// The time for which a leader that does not respond prevents other nodes from taking the lead.
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

/// An event of a shared journal that its server logs.
package enum SharedJournalEvent: Sendable, Equatable {
    /// Another server took over a lane of this server, which must stop.
    case fenced(lane: String)
    /// Another process has this node's name, so this one must stop.
    case nameInUse(node: String)
    case laneConnected(lane: String)
    case laneFailed(lane: String, reason: String)
    /// A batch was committed, but it is not certain that it is durable at the level.
    case unproved(lane: String, reason: String)
    case becameLeader(epoch: Int64)
    case lostLead
    case leaderFailed(reason: String)
    case followerConnected
    case followerFailed(reason: String)
    /// The archive is not a copy of the journal. Copying ended.
    case followerStopped(reason: String)
}
