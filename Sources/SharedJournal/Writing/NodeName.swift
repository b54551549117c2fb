internal import Foundation

/// Finds out if another process uses the name of this node.
///
/// A follower runs a statement at least every 100 ms, on a connection whose `application_name` is `callbox NODE follower
/// TOKEN`. PostgreSQL shows the time of the last one to the same role, and to members of `pg_read_all_stats`. If it
/// does not, or if two processes start at the same moment, the epoch of the lanes still stops one of them at a commit.
enum NodeName {
    /// Differs between processes. With the longest node name it fits into the 63 bytes of `application_name`
    /// (NAMEDATALEN - 1).
    static let processToken = String(
        (0..<5).compactMap { _ in "abcdefghijklmnopqrstuvwxyz0123456789".randomElement() })

    private static let pause: TimeInterval = 0.25
    /// Together longer than the silence after which a process counts as gone.
    private static let lookCount = 12

    /// The role of a follower's connection.
    static var followerRole: String { "follower \(processToken)" }

    /// True if another process uses the name and is alive, nil if this node stops before that is known. Looks again for
    /// up to 3 s while one seems to be, because it may have ended or stopped a moment ago.
    ///
    /// - Parameter wait: waits this many seconds; returns true if this node stops.
    static func isTaken(
        _ node: String, _ connection: PostgresConnection, wait: (TimeInterval) -> Bool
    ) throws(PostgresFailure) -> Bool? {
        for _ in 0..<lookCount {
            guard try isInUse(node, connection) else { return false }
            if wait(pause) { return nil }
        }
        return true
    }

    private static func isInUse(_ node: String, _ connection: PostgresConnection) throws(PostgresFailure) -> Bool {
        let prefix = "callbox \(node) follower "
        do throws(PostgresFailure) {
            return try connection.execute(
                """
                SELECT EXISTS (
                    SELECT 1 FROM pg_stat_activity
                    WHERE datname = current_database() AND left(application_name, length($1)) = $1
                        AND application_name <> $2 AND state_change > now() - interval '2 seconds')
                """, [.text(prefix), .text(prefix + processToken)], limit: LaneSession.statementLimit
            ).flag(0, 0)
        } catch .rejected {
            // A database with PostgreSQL's protocol that has no such view.
            return false
        }
    }
}
