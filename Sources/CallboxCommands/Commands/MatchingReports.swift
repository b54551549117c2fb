internal import Deliveries
internal import Foundation
internal import Journal
internal import ReportIndex
internal import Synchronization
internal import TerminalOutput

/// Reads the reports that match a filter, with progress on a terminal. Ctrl-C stops a scan of bodies and keeps its results.
struct MatchingReports {
    let reader: ArchiveReader
    let console: Console

    /// The IDs of the deliveries with matching reports, oldest first. Fails if interrupted.
    func deliveryIDs(_ filter: ReportFilter) throws -> [DeliveryID] {
        let (found, isInterrupted) = try watched(filter, ScanProgress(console)) { watch in
            try reader.deliveryIDs(matching: filter, watch: watch) { console.progress("found \($0) deliveries") }
        }
        console.progress("")
        ScanConclusion(counts: found.counts, isInterrupted: isInterrupted).tell(on: console)
        if isInterrupted { throw ExitStatus.interrupted }
        return found.ids
    }

    /// - Returns: the counts to note after the results.
    func forEach(_ filter: ReportFilter, _ body: (ReportSummary) throws -> Void) throws -> ScanConclusion {
        let progress = ScanProgress(console)
        let (counts, isInterrupted) = try watched(filter, progress) { watch in
            try reader.forEachReport(matching: filter, watch: watch) { report in
                progress.clear()
                try body(report)
            }
        }
        progress.clear()
        return ScanConclusion(counts: counts, isInterrupted: isInterrupted)
    }

    /// Passes one page of reports to `body`, calls `finish`, and notes what was scanned, missing names and the next page.
    ///
    /// - Parameter filter: with the limit `page.readCount`.
    func page(
        _ filter: ReportFilter, _ page: LimitOptions, _ body: (ReportSummary) throws -> Void,
        finish: () throws -> Void
    ) throws {
        var count = 0
        var last: ReportSummary?
        var hasMore = false
        let conclusion = try forEach(filter) { report in
            guard page.shows(after: count) else { return hasMore = true }
            try body(report)
            count += 1
            last = report
        }
        try finish()
        if count == 0, !conclusion.isInterrupted { try MissingReports.explain(filter, reader, console) }
        if hasMore, let last {
            console.note(filter.latestPer == nil ? "next page: \(NextPage.command(before: last))" : page.hint)
        }
        try conclusion.conclude(on: console, shown: count)
    }

    private func watched<Value>(
        _ filter: ReportFilter, _ progress: ScanProgress, _ work: (ScanWatch) throws -> Value
    ) throws -> (value: Value, isInterrupted: Bool) {
        let watch = ScanWatch(isCancelled: { Interruption.hasHappened }, progress: { progress.tell($0) })
        if filter.opensBodies { Interruption.note() }
        defer { if filter.opensBodies { Interruption.release() } }
        return (try work(watch), watch.isStopped)
    }
}

/// The counts of a scan, for the end of a command's output.
struct ScanConclusion {
    /// Nil if no body was read.
    let counts: ScanCounts?
    let isInterrupted: Bool

    /// Notes the counts. Fails if the scan was interrupted or found damaged bodies.
    ///
    /// - Parameter shown: the number of results that were shown; nil for all.
    func conclude(on console: Console, shown: Int? = nil) throws {
        tell(on: console, shown: shown)
        if counts != nil, isInterrupted { throw ExitStatus.interrupted }
        if counts?.damaged ?? 0 > 0 { throw ExitStatus.damagedData }
    }

    func tell(on console: Console, shown: Int? = nil) {
        guard let counts else { return }
        var parts = [
            "scanned \(HumanText.grouped(counts.scanned))",
            "matched \(HumanText.grouped(min(counts.matched, shown ?? .max)))",
        ]
        if counts.skipped > 0 { parts.append("skipped \(HumanText.grouped(counts.skipped)) with pruned bodies") }
        if isInterrupted {
            parts.append(
                "interrupted at \(HumanText.grouped(counts.done)) of \(HumanText.grouped(counts.total)) deliveries")
        } else if !counts.isComplete {
            parts.append("limit reached")
        }
        console.note(parts.joined(separator: ", "))
        guard counts.damaged > 0 else { return }
        console.note(
            "\(HumanText.count(counts.damaged, "body", "bodies")) cannot be read; run 'callbox archive verify'")
    }
}

/// Shows the progress of a scan, at most ten times a second.
private final class ScanProgress: Sendable {
    private let console: Console
    private let last = Mutex<(at: ContinuousClock.Instant, isShown: Bool)>((.now, false))

    init(_ console: Console) {
        self.console = console
    }

    func tell(_ counts: ScanCounts) {
        let isDue = last.withLock { last in
            guard last.at.duration(to: .now) >= .milliseconds(100) else { return false }
            last = (.now, true)
            return true
        }
        guard isDue else { return }
        let percent = counts.total > 0 ? counts.done * 100 / counts.total : 100
        console.progress(
            "scanned \(HumanText.grouped(counts.scanned)), matched \(HumanText.grouped(counts.matched)), \(percent) %")
    }

    /// Clears the progress line before a line of the result.
    func clear() {
        let wasShown = last.withLock { last in
            defer { last.isShown = false }
            return last.isShown
        }
        if wasShown { console.progress("") }
    }
}
