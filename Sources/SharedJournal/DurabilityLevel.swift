/// The level of durability: the machines that must have a batch on disk before its deliveries are acknowledged.
package enum DurabilityLevel: String, Sendable, CaseIterable {
    /// The disk of the primary: `synchronous_commit` and `fsync` are on.
    case disk
    /// The disks of the primary and of a synchronous standby.
    case replica
    /// The disks of a majority of the servers, which are the primary and n standbys: `synchronous_standby_names` is
    /// `ANY k (…)` with 2 (k + 1) > n + 1, and at least k standbys are connected.
    case quorum

    /// An SQL condition that is true if the commit of the current transaction reaches the level.
    ///
    /// `pg_stat_replication` shows the state of standbys only to members of `pg_monitor` or `pg_read_all_stats`.
    var condition: String {
        let disk = """
            current_setting('synchronous_commit') = 'on' AND coalesce(current_setting('fsync', true), 'on') = 'on'
            """
        switch self {
        case .disk: return disk
        case .replica:
            return """
                \(disk) AND current_setting('synchronous_standby_names') <> '' AND EXISTS (
                    SELECT 1 FROM pg_stat_replication
                    WHERE state = 'streaming' AND sync_state IN ('sync', 'quorum'))
                """
        case .quorum:
            return """
                \(disk) AND coalesce((
                    SELECT 2 * (needed + 1) > listed + 1 AND needed <= (
                        SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' AND sync_state = 'quorum')
                    FROM (
                        SELECT
                            cast(substring(names from '^[[:space:]]*[Aa][Nn][Yy][[:space:]]+([0-9]{1,4})') AS bigint)
                                AS needed,
                            length(names) - length(replace(names, ',', '')) + 1 AS listed
                        FROM (SELECT current_setting('synchronous_standby_names') AS names) AS setting
                        WHERE names NOT LIKE '%*%'
                    ) AS rule), false)
                """
        }
    }

    /// True if a commit also waits for standbys.
    var waitsForStandbys: Bool { self != .disk }
}
