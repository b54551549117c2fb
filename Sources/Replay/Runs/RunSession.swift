package import Deliveries
package import Journal
package import ReportIndex

/// Sends a plan to its target. For a comparison, a second run then sends the plan to a second target.
package struct RunSession {
    package struct Events {
        /// Called with a run and the number of its items whose sending was interrupted earlier.
        let interrupted: (RunFolder, Int) -> Void
        let rejected: (DeliveryID, ReplayError) -> Void
        /// Called with each response and the length of the body that was sent.
        let responded: (RunResponse, Int) -> Void
        let progressed: (RunSummary) -> Void
        /// Called when a run was stopped. `resumeBy` is the ID of the run to resume.
        let stopped: (RunSummary, RunPlan, RunFolder, _ resumeBy: Int64) throws -> Void

        package init(
            interrupted: @escaping (RunFolder, Int) -> Void = { _, _ in },
            rejected: @escaping (DeliveryID, ReplayError) -> Void = { _, _ in },
            responded: @escaping (RunResponse, Int) -> Void = { _, _ in },
            progressed: @escaping (RunSummary) -> Void = { _ in },
            stopped: @escaping (RunSummary, RunPlan, RunFolder, _ resumeBy: Int64) throws -> Void = { _, _, _, _ in }
        ) {
            self.interrupted = interrupted
            self.rejected = rejected
            self.responded = responded
            self.progressed = progressed
            self.stopped = stopped
        }
    }

    package enum Result: Sendable {
        /// The totals of this process. Items may remain.
        case sent(RunSummary)
        /// Both targets received all items.
        case comparable(RunFolder, RunFolder)
    }

    private let directory: ArchiveDirectory
    private let launcher: RunLauncher
    private let reader: ArchiveReader
    private let preparation: (ReplaySettings) throws -> ReplayPreparation
    private let send: @Sendable (ReplayPlan, Duration) async -> ReplayResult
    private let isInterrupted: @Sendable () -> Bool
    private let now: @Sendable () -> Timestamp
    private let events: Events

    /// - Parameters:
    ///   - send: sends one request within a time limit.
    ///   - append: appends records and returns their positions.
    package init(
        _ directory: ArchiveDirectory, _ reader: ArchiveReader, now: @escaping @Sendable () -> Timestamp,
        preparation: @escaping (ReplaySettings) throws -> ReplayPreparation,
        send: @escaping @Sendable (ReplayPlan, Duration) async -> ReplayResult = {
            await ReplaySender(timeout: $1).send($0)
        }, isInterrupted: @escaping @Sendable () -> Bool = { false }, events: Events = Events(),
        append: @escaping RunLauncher.Append
    ) {
        self.directory = directory
        self.launcher = RunLauncher(directory, now: now, append: append)
        self.reader = reader
        self.preparation = preparation
        self.send = send
        self.isInterrupted = isInterrupted
        self.now = now
        self.events = events
    }

    /// - Parameters:
    ///   - url: the target without credentials, in the form that the archive may contain.
    ///   - byteCount: the total length of the bodies.
    ///   - difference: if the plan has a single delivery, lines that describe its change, including values.
    package func start(
        _ plan: RunPlan, url: String, byteCount: Int64, difference: [String] = []
    ) async throws -> Result {
        let folder = try await launcher.begin(plan, url: url, byteCount: byteCount)
        return try await send(plan, folder, RunProgress(), difference)
    }

    /// Resumes a run.
    ///
    /// - Throws: `ReplayError.noRun`, `.notResumable`.
    package func resume(_ run: Int64) async throws -> Result {
        guard try reader.replayRun(run) != nil else { throw ReplayError.noRun(run) }
        let folder = RunFolder(directory, run: run)
        guard let plan = try folder.plan() else { throw ReplayError.notResumable(run: run) }
        return try await send(plan, folder, try await progress(of: folder), [])
    }

    private func progress(of folder: RunFolder) async throws -> RunProgress {
        let progress = try await launcher.resume(folder, reader)
        if !progress.uncertain.isEmpty { events.interrupted(folder, progress.uncertain.count) }
        return progress
    }

    private func send(
        _ plan: RunPlan, _ folder: RunFolder, _ progress: RunProgress, _ difference: [String]
    ) async throws -> Result {
        let url = plan.settings.comparedURL
        let first = try await sendRun(
            plan, folder, progress, difference, keepsPlan: url != nil, resumeBy: folder.run)
        guard let url, first.leftCount == 0 else { return .sent(first) }
        let second = plan.compared(to: url)
        let other: RunFolder
        var otherProgress = RunProgress()
        if let run = plan.comparison {
            other = RunFolder(directory, run: run)
            otherProgress = try await self.progress(of: other)
        } else {
            let byteCount = try reader.replayRun(folder.run)?.record.byteCount ?? 0
            other = try await launcher.begin(second, url: ReplayPlan.urlWithoutSecrets(url), byteCount: byteCount)
            var known = plan
            known.comparison = other.run
            try folder.write(known)
        }
        let summary = try await sendRun(second, other, otherProgress, [], keepsPlan: false, resumeBy: folder.run)
        guard summary.leftCount == 0 else { return .sent(summary) }
        folder.removePlan()
        return .comparable(folder, other)
    }

    private func sendRun(
        _ plan: RunPlan, _ folder: RunFolder, _ progress: RunProgress, _ difference: [String], keepsPlan: Bool,
        resumeBy run: Int64
    ) async throws -> RunSummary {
        guard progress.ended.count < plan.itemCount else { return RunSummary() }
        let timeout = plan.settings.timeout
        let steps = RunSender.Steps(
            read: try RunReader(directory).deliveries,
            send: { [send] in await send($0, timeout) }, reject: events.rejected, responded: events.responded,
            isInterrupted: isInterrupted, now: now)
        let summary = try await launcher.send(
            plan, try preparation(plan.settings), in: folder, after: progress, steps, difference: difference,
            keepsPlan: keepsPlan, tell: events.progressed)
        try events.stopped(summary, plan, folder, run)
        return summary
    }
}
