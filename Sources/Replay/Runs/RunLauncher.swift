package import Deliveries
package import Journal
package import ReportIndex

/// Starts, resumes and ends runs, and records each of these changes.
package struct RunLauncher {
    package typealias Append = @Sendable ([JournalRecord]) async throws -> [Int64]

    private let directory: ArchiveDirectory
    private let append: Append
    private let now: @Sendable () -> Timestamp

    /// - Parameter append: appends records and returns their positions.
    package init(
        _ directory: ArchiveDirectory, now: @escaping @Sendable () -> Timestamp, append: @escaping Append
    ) {
        self.directory = directory
        self.append = append
        self.now = now
    }

    /// Records a run before its first request.
    ///
    /// - Parameters:
    ///   - url: the target without credentials, in the form that the archive may contain.
    ///   - byteCount: the total length of the bodies.
    package func begin(_ plan: RunPlan, url: String, byteCount: Int64) async throws -> RunFolder {
        let record = ReplayRunRecord(
            startedAt: now(), url: url, deliveryCount: plan.deliveries.count, itemCount: plan.itemCount,
            byteCount: byteCount, options: plan.settings.description)
        let position = try await append([.replayRun(record)]).first ?? 0
        let folder = RunFolder(directory, run: position)
        // A run of a single delivery needs no plan, because the user can simply send the delivery again.
        let needsPlan = plan.itemCount > 1 || plan.settings.comparedURL != nil
        try folder.create(needsPlan ? plan : nil, in: directory)
        return folder
    }

    /// Records that a run is resumed, and the results that an interruption left unrecorded.
    package func resume(_ folder: RunFolder, _ reader: ArchiveReader) async throws -> RunProgress {
        var progress = RunProgress()
        let missing = try progress.read(folder, reader)
        let change = ReplayRunChangeRecord.Change.resumed(uncertainItems: progress.uncertain.sorted())
        let records = missing + [.replayRunChange(ReplayRunChangeRecord(run: folder.run, at: now(), change: change))]
        for start in stride(from: 0, to: records.count, by: Self.appendCount) {
            _ = try await append(Array(records[start..<min(start + Self.appendCount, records.count)]))
        }
        return progress
    }

    private static let appendCount = 500

    /// Sends the remaining items of a run and records whether the run ended.
    ///
    /// - Parameters:
    ///   - difference: if the plan has a single delivery, lines that describe its change, including values.
    ///   - keepsPlan: whether to keep the plan after the run has ended.
    package func send(
        _ plan: RunPlan, _ preparation: ReplayPreparation, in folder: RunFolder, after progress: RunProgress,
        _ steps: RunSender.Steps, difference: [String] = [], keepsPlan: Bool = false,
        tell: (RunSummary) -> Void = { _ in }
    ) async throws -> RunSummary {
        var preparation = preparation
        if plan.settings.isMarked { preparation.runID = "\(folder.run)" }
        var sender = RunSender(plan, preparation, in: folder, after: progress, steps) { [append] in
            _ = try await append($0)
        }
        sender.difference = difference
        let summary = try await sender.run(tell)
        let change: ReplayRunChangeRecord.Change = summary.leftCount > 0 ? .paused : .ended
        _ = try await append([.replayRunChange(ReplayRunChangeRecord(run: folder.run, at: now(), change: change))])
        if summary.leftCount == 0, !keepsPlan { folder.removePlan() }
        return summary
    }
}
