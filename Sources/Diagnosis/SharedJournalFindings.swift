internal import SharedJournal

/// Findings about the shared journal that a server commits to.
enum SharedJournalFindings {
    /// The number of entries that a leader can order within a few seconds.
    private static let unorderedCountLimit: Int64 = 100_000

    /// Connects to the database and checks the journal. Blocks the calling thread.
    static func findings(_ settings: SharedJournalSettings) -> [Finding] {
        do throws(PostgresFailure) {
            return findings(try JournalStatus(settings))
        } catch {
            return [
                .problem(
                    "shared journal", "\(settings.address.place): \(error.description)",
                    advice: "Deliveries get 503. Check 'journal' in the configuration, and the database.")
            ]
        }
    }

    static func findings(_ status: JournalStatus) -> [Finding] {
        var findings: [Finding] = []
        let lanes = "\(status.lanes.count) lanes, last entry \(status.lastPosition)"
        if status.isLevelMet {
            findings.append(.fine("shared journal", "\(status.place): level \(status.level.rawValue), \(lanes)"))
        } else {
            findings.append(
                .problem(
                    "shared journal", "\(status.place) does not confirm commits at the level \(status.level.rawValue)",
                    advice: "Deliveries get 503. Check fsync, synchronous_standby_names and the standbys."))
        }
        if let leader = status.leader, leader.isCurrent {
            findings.append(.fine("leader", "\(leader.node), epoch \(leader.epoch)"))
        } else {
            findings.append(
                .warning(
                    "leader", "no server is the leader; queries show no new deliveries",
                    advice: "Start 'callbox serve' on a node.")
            )
        }
        let unordered = status.lanes.reduce(0) { $0 + $1.unorderedCount }
        if unordered > unorderedCountLimit {
            findings.append(
                .warning(
                    "lag", "\(unordered) entries are durable but not ordered yet",
                    advice: "Check the log of the leader."))
        }
        return findings
    }
}
