internal import Foundation

/// Checks whether another process uses the name of this node.
///
/// A follower runs several statements a second, on a connection whose `application_name` is `callbox NODE follower
/// TOKEN`. PostgreSQL shows the time of the connection's last statement to the same database role and to members of
/// `pg_read_all_stats`. If this time is not visible, or if two processes start at the same moment, both processes
/// start, and the epoch of the lanes stops one of them at a commit.
enum NodeName {
    /// A random token that identifies this process. With the longest node name, `application_name` still fits into 63
    /// bytes (NAMEDATALEN - 1).
    static let processToken = String(
        (0..<5).compactMap { _ in "abcdefghijklmnopqrstuvwxyz0123456789".randomElement() })

    private static let pause: TimeInterval = 0.25
    /// The number of checks. All checks together take longer than the 2 s of silence after which a process counts as
    /// stopped.
    private static let lookCount = 12

    /// The role of this process's follower in `application_name`.
    static var followerRole: String { "follower \(processToken)" }

    /// True if a live process uses the name; nil if this node stops before the check is complete. Checks repeatedly for
    /// up to 3 s, because the other process may have stopped a moment ago.
    ///
    /// - Parameter wait: waits for a number of seconds; returns true if this node stops.
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
            // The database uses PostgreSQL's protocol but has no view `pg_stat_activity`.
            return false
        }
    }
}
