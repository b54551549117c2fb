internal import CallboxConfiguration
internal import Intake
internal import Journal
internal import Logging
internal import Replay
internal import ReportIndex
internal import SharedJournal

extension Server {
    func openArchive(_ metrics: ServerMetrics, _ log: IntakeLog) throws -> OpenArchive {
        let archive = try OpenArchive(
            ArchiveDirectory(path: configuration.archivePath), quarantine: configuration.quarantine,
            lag: configuration.indexLag, parser: live.parser, sources: { [live] in live.sources },
            retention: { [live] in live.retention }, now: now, isServed: true,
            observeCommit: { metrics.commit.observe($0) }, observeQuarantine: { log.note($0, storedAs: $1) },
            onFailure: note)
        archive.startIndexing(onFailure: note)
        return archive
    }

    private func note(_ failure: ArchiveFailure) {
        logger.error("\(failure.work) failed", metadata: ["reason": "\(report(failure.error).message)"])
    }

    /// Connects the archive to the shared journal, the primary or the followers with which it exchanges entries.
    ///
    /// - Parameter fences: receives the failure if another process has this node's name.
    func connect(
        _ archive: inout OpenArchive, _ metrics: ServerMetrics, _ fences: AsyncStream<ServerError>.Continuation
    ) throws {
        // Fails if the archive is a copy but no longer follows another archive. A copy accepts no entries, so every
        // delivery would get 503.
        let follows = configuration.journal != nil || !configuration.receives
        guard try follows || !archive.isCopy() else { throw ArchiveError.isCopy }
        // Fails if another archive has taken over and accepted entries.
        if !follows, archive.writer.isSuperseded { throw ArchiveError.superseded }
        archive.following = try archiveFollower(archive)
        archive.replication = try replicationSource(archive)
        guard let settings = configuration.journal else { return }
        archive.upstream = try SharedJournalNode(
            settings, into: archive.writer, leads: configuration.receives,
            observeCommit: { metrics.commit.observe($0) },
            noteRemoval: { [directory = archive.directory] in RunFolder.eraseResponses(to: Set($0), in: directory) },
            note: { [logger] in SharedJournalLog.note($0, logger, fences) })
    }
}
