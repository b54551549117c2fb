internal import CallboxConfiguration
internal import Deliveries
internal import Journal
internal import Replication
internal import TerminalOutput

/// Findings about the followers of a primary, and about a copy.
enum ReplicationFindings {
    private static let topic = "replication"

    /// - Parameter status: the status of the process that holds the archive; nil if no process holds it.
    static func primary(_ settings: ReplicationSettings, _ status: ReplicationStatus?) -> [Finding] {
        guard settings.listen != nil else { return [] }
        guard let status else {
            return [.fine(topic, "the followers are unknown, because no server is running")]
        }
        if status.isSuperseded {
            return [
                .problem(
                    topic, "another archive took over as the primary: deliveries get 503",
                    advice: "Run 'callbox follow --from URL' to copy that archive, or 'callbox archive promote' to "
                        + "make this archive the primary again.")
            ]
        }
        guard let followers = status.followers else {
            return [
                .warning(
                    topic, "the running server does not listen for followers",
                    advice: "Restart the server to apply replication.listen.")
            ]
        }
        var findings = followers.map(finding)
        guard !followers.contains(where: \.isConnected) else { return findings }
        let advice = "Start 'callbox follow' on the standby, or check its log."
        if settings.acknowledgesAfterFollower {
            findings.insert(
                .problem(
                    topic, "no follower is connected, and 'acknowledge-after' is 'follower': deliveries get 503",
                    advice: advice), at: 0)
        } else if followers.isEmpty {
            findings.append(
                .warning(topic, "no follower has connected since the server started", advice: advice))
        }
        return findings
    }

    private static func finding(_ follower: ReplicationStatus.Follower) -> Finding {
        let lag =
            follower.lagCount == 0
            ? "has all entries" : "lacks \(HumanText.count(follower.lagCount, "entry", "entries"))"
        guard follower.isConnected else {
            return .warning(
                topic,
                "follower \(follower.node) \(lag) and was last seen "
                    + "\(HumanText.span(milliseconds: follower.quietMilliseconds)) ago",
                advice: "Check 'callbox follow' on its machine.")
        }
        return .fine(topic, "follower \(follower.node) is connected and \(lag)")
    }

    /// - Parameters:
    ///   - position: the last position of the copy. The chain up to this position was recomputed and compared.
    ///   - isShared: whether the archive is a copy of a shared journal in PostgreSQL.
    ///   - status: the status of the process that holds the archive; nil if no process holds it.
    static func copy(
        position: Int64, lastRecordedAt: Timestamp?, isShared: Bool = false, _ status: ReplicationStatus?,
        now: Timestamp
    ) -> Finding {
        let primary = isShared ? "the shared journal" : "the primary"
        let age = lastRecordedAt.map {
            ", recorded \(HumanText.span(milliseconds: max(0, now.milliseconds(since: $0)))) ago"
        }
        let verified = "chain verified up to entry \(position)" + (age ?? "")
        guard let copy = status?.copy else {
            return .warning(
                topic, "no process updates this copy; \(verified)",
                advice: isShared ? "Start 'callbox serve' or 'callbox follow'." : "Start 'callbox follow'.")
        }
        if let problem = copy.problem {
            return .problem(
                topic, "copying ended: \(TerminalText.escape(problem)); \(verified)",
                advice: "Pass an empty directory with --archive.")
        }
        guard copy.isConnected else {
            return .problem(
                topic, "\(primary) is not reachable; \(verified)",
                advice: "The log contains the reason. Check \(primary), its address, and the password or token.")
        }
        let lag = max(0, copy.primaryPosition - position)
        return .fine(
            topic,
            "\(primary) is reachable, "
                + (lag == 0 ? "" : "\(HumanText.count(lag, "entry is", "entries are")) not copied yet, ") + verified)
    }

    /// The finding for a copy; nil if the archive is not a copy.
    static func copy(
        _ directory: ArchiveDirectory, isShared: Bool, _ status: ReplicationStatus?, now: Timestamp
    ) throws -> Finding? {
        let journal = try JournalReader(directory.journal)
        defer { journal.close() }
        guard try journal.isCopy() else { return nil }
        let end = try journal.end()?.position ?? 0
        return copy(
            position: end, lastRecordedAt: try journal.entry(end)?.recordedAt, isShared: isShared, status, now: now)
    }
}
