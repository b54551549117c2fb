/// How a node uses a shared journal.
package struct SharedJournalSettings: Sendable, Equatable {
    package var address: PostgresAddress
    /// Names this server among the nodes of the journal. If two servers have one name, the first one stops.
    package var node: String
    package var level = DurabilityLevel.disk
    /// Connections that commit at the same time.
    package var laneCount = 2
    /// How long a leader that does not respond keeps others from taking its place.
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
    /// Another server took a lane. This one must stop.
    case fenced(lane: String)
    case laneConnected(lane: String)
    case laneFailed(lane: String, reason: String)
    /// A batch was committed, but not proved to be durable at the level.
    case unproved(lane: String, reason: String)
    case becameLeader(epoch: Int64)
    case lostLead
    case leaderFailed(reason: String)
    case followerConnected
    case followerFailed(reason: String)
    /// The archive is not a copy of the journal. Copying ended.
    case followerStopped(reason: String)
}
