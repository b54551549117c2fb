internal import Deliveries
internal import Foundation
internal import Journal
internal import Quarantine
internal import Replication
internal import ReportIndex
internal import SharedJournal

/// Metrics that each scrape reads from the archive and its files.
struct ArchiveGauges {
    /// The maximum number of follow-ups to count.
    private static let followUpCountLimit = 10_000

    let archive: OpenArchive
    let quarantine: QuarantineLimits

    /// Writes the metrics; omits a series if its value cannot be read. Blocks.
    func write(to text: inout MetricsText) {
        let waiting = archive.upstream?.lanes.waiting ?? archive.writer.waiting
        text.add("callbox_commit_queue_deliveries", .gauge, "Deliveries that wait for a commit.", Double(waiting.count))
        text.add("callbox_commit_queue_bytes", .gauge, "Bytes that wait for a commit.", Double(waiting.byteCount))
        let directory = archive.directory
        text.add("callbox_file_bytes", .gauge, "Size of a file of the archive.") { series in
            for (name, path) in [
                ("journal", directory.journal.path), ("index", directory.indexPath),
                ("quarantine", directory.quarantinePath),
            ] {
                for (suffix, label) in [("", ""), ("-wal", "_wal")] {
                    var status = stat()
                    if stat(path + suffix, &status) == 0 { series.add(["file": name + label], Double(status.st_size)) }
                }
            }
        }
        var space = statvfs()
        if statvfs(directory.path, &space) == 0 {
            let free = Double(space.f_bavail) * Double(space.f_frsize)
            text.add("callbox_disk_free_bytes", .gauge, "Free space on the disk of the archive.", free)
        }
        writeIndex(to: &text)
        writeSharedJournal(to: &text)
        writeReplication(to: &text)
        writeQuarantine(to: &text)
    }

    private func writeIndex(to text: inout MetricsText) {
        guard let reader = try? archive.reader() else { return }
        if let lag = try? reader.unindexedCount() {
            text.add("callbox_index_lag_entries", .gauge, "Journal entries that are not indexed yet.", Double(lag))
        }
        if let waiting = try? reader.followUps(in: [.waiting], limit: Self.followUpCountLimit).count {
            text.add("callbox_follow_ups_waiting", .gauge, "Waiting follow-ups, counted up to 10,000.", Double(waiting))
        }
    }

    private func writeSharedJournal(to text: inout MetricsText) {
        guard let upstream = archive.upstream else { return }
        let progress = upstream.follower.progress
        text.add(
            "callbox_shared_journal_lanes", .gauge, "Connected lanes of the shared journal.",
            Double(upstream.lanes.connectedCount))
        text.add(
            "callbox_shared_journal_level_met", .gauge, "1 if the last batch was confirmed at the configured level.",
            upstream.lanes.isLevelMet ? 1 : 0)
        text.add(
            "callbox_shared_journal_leader", .gauge, "1 while this node orders the entries of the shared journal.",
            upstream.leader?.leadingEpoch == nil ? 0 : 1)
        text.add(
            "callbox_shared_journal_copying", .gauge, "1 while this node copies the shared journal.",
            progress.isConnected ? 1 : 0)
        text.add(
            "callbox_shared_journal_lag_entries", .gauge, "Shared journal entries that are not copied yet.",
            Double(max(0, progress.journalPosition - progress.position)))
    }

    private func writeReplication(to text: inout MetricsText) {
        if let progress = archive.following?.progress {
            text.add(
                "callbox_replication_copying", .gauge, "1 while the primary responds.", progress.isConnected ? 1 : 0)
            text.add(
                "callbox_replication_lag_entries", .gauge, "Entries of the primary that are not copied yet.",
                Double(max(0, progress.primaryPosition - progress.position)))
        }
        guard let source = archive.replication else { return }
        let (followers, now) = (source.followers, ContinuousClock.now)
        let end = archive.lastPosition() ?? 0
        text.add("callbox_follower_lag_entries", .gauge, "Entries that a follower does not have yet.") { series in
            for follower in followers { series.add(["node": follower.node], Double(max(0, end - follower.position))) }
        }
        text.add("callbox_follower_quiet_seconds", .gauge, "Time since the last contact of a follower.") { series in
            for follower in followers {
                series.add(["node": follower.node], follower.lastContact.duration(to: now) / .seconds(1))
            }
        }
        text.add(
            "callbox_follower_waiting_deliveries", .gauge, "Deliveries that wait for a follower.",
            Double(source.waitingCommitCount))
        text.add(
            "callbox_superseded", .gauge, "1 after another archive took over as the primary.",
            archive.writer.isSuperseded ? 1 : 0)
    }

    private func writeQuarantine(to text: inout MetricsText) {
        let reader = QuarantineReader(archive.directory)
        defer { reader.close() }
        guard let size = try? reader.size() else { return }
        text.add("callbox_quarantine_deliveries", .gauge, "Deliveries in the quarantine.", Double(size.count))
        text.add("callbox_quarantine_bytes", .gauge, "Bytes in the quarantine.", Double(size.byteCount))
        text.add(
            "callbox_quarantine_limit_bytes", .gauge, "Maximum number of bytes in the quarantine.",
            Double(quarantine.byteCount))
    }
}
