package import Deliveries

/// The state of a shared journal, read in one connection.
package struct JournalStatus: Sendable, Equatable {
    package struct Lane: Sendable, Equatable {
        package let name: String
        package let epoch: Int64
        /// The time at which the lane was claimed.
        package let claimedAt: Timestamp
        /// The number of the lane's last entry; 0 if the lane has no entries.
        package let lastNumber: Int64
        /// The number of entries that are not in a run yet.
        package let unorderedCount: Int64
    }

    package struct Leader: Sendable, Equatable {
        package let node: String
        package let epoch: Int64
        /// False if the leader's lease has expired.
        package let isCurrent: Bool
    }

    package let place: String
    /// The leader; nil before the first node took the lead.
    package let leader: Leader?
    /// The last position of the journal; 0 if the journal is empty.
    package let lastPosition: Int64
    package let lanes: [Lane]
    package let level: DurabilityLevel
    /// True if the server currently confirms commits at the level.
    package let isLevelMet: Bool

    private static let limit: Duration = .seconds(10)

    /// Reads the status over a new connection. Blocks.
    package init(_ settings: SharedJournalSettings) throws(PostgresFailure) {
        let connection = try settings.connect("status")
        _ = try JournalSetup.identity(connection)
        place = settings.address.place
        level = settings.level
        isLevelMet = try connection.execute("SELECT \(level.condition)", limit: Self.limit).flag(0, 0)
        let leading = try connection.execute(
            "SELECT holder, epoch, expires_at > now() FROM callbox.leader WHERE id = 1 AND epoch > 0",
            limit: Self.limit)
        leader =
            leading.count == 0
            ? nil
            : Leader(
                node: try leading.text(0, 0), epoch: try leading.integer(0, 1), isCurrent: leading.flag(0, 2))
        lastPosition = try RunReader(connection: connection).lastPosition()
        let rows = try connection.execute(
            """
            SELECT lane.name, lane.epoch, greatest(coalesce(last.number, 0), coalesce(ordered.number, 0)),
                greatest(0, coalesce(last.number, 0) - coalesce(ordered.number, 0)),
                cast(extract(epoch FROM lane.claimed_at) * 1000 AS bigint)
            FROM callbox.lane
            LEFT JOIN LATERAL (
                SELECT number FROM callbox.entry WHERE entry.lane = lane.lane ORDER BY number DESC LIMIT 1
            ) AS last ON true
            LEFT JOIN LATERAL (
                SELECT first_number + count - 1 AS number FROM callbox.run WHERE run.lane = lane.lane
                ORDER BY first_number DESC LIMIT 1
            ) AS ordered ON true
            ORDER BY lane.name
            """, limit: Self.limit)
        var lanes: [Lane] = []
        for row in 0..<rows.count {
            lanes.append(
                Lane(
                    name: try rows.text(row, 0), epoch: try rows.integer(row, 1),
                    claimedAt: Timestamp(millisecondsSinceEpoch: try rows.integer(row, 4)),
                    lastNumber: try rows.integer(row, 2),
                    unorderedCount: try rows.integer(row, 3)))
        }
        self.lanes = lanes
    }
}
