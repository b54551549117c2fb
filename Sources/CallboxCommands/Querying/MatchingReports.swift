internal import Deliveries
internal import Foundation
internal import Journal
internal import ReportIndex
internal import Synchronization
internal import TerminalOutput

/// Goes through the reports that match, with what long work owes people: progress on a terminal, an end at Ctrl-C with what
/// there is, and a last line that says what was looked at.
struct MatchingReports {
    let reader: ArchiveReader
    let console: Console

    /// The numbers of the deliveries that brought what matches, oldest first, for work on them; says what a scan looked at, and
    /// ends the command where that was stopped.
    func deliveryIDs(_ filter: ReportFilter) throws -> [DeliveryID] {
        let (found, isInterrupted) = try watched(filter, ScanNarrator(console)) { watch in
            try reader.deliveryIDs(matching: filter, watch: watch) { console.progress("found \($0) deliveries") }
        }
        console.progress("")
        ScanConclusion(counts: found.counts, isInterrupted: isInterrupted).tell(on: console)
        if isInterrupted { throw ExitStatus.interrupted }
        return found.ids
    }

    /// - Returns: what there is to say when the results are out.
    func forEach(_ filter: ReportFilter, _ body: (ReportSummary) throws -> Void) throws -> ScanConclusion {
        let narrator = ScanNarrator(console)
        let (counts, isInterrupted) = try watched(filter, narrator) { watch in
            try reader.forEachReport(matching: filter, watch: watch) { report in
                narrator.clear()
                try body(report)
            }
        }
        narrator.clear()
        return ScanConclusion(counts: counts, isInterrupted: isInterrupted)
    }

    /// Reads, and ends a scan over bodies at Ctrl-C.
    private func watched<Value>(
        _ filter: ReportFilter, _ narrator: ScanNarrator, _ work: (ScanWatch) throws -> Value
    ) throws -> (value: Value, isInterrupted: Bool) {
        let watch = ScanWatch(isCancelled: { Interruption.hasHappened }, progress: { narrator.tell($0) })
        if filter.opensBodies { Interruption.note() }
        defer { if filter.opensBodies { Interruption.release() } }
        return (try work(watch), watch.isStopped)
    }
}

/// What a scan came to, for the end of a command's output.
struct ScanConclusion {
    /// Nil where no body was opened.
    let counts: ScanCounts?
    let isInterrupted: Bool

    /// Says what was looked at, and ends the command accordingly where it was not everything.
    ///
    /// - Parameter shown: how many of what matched were wanted; nil for all.
    func conclude(on console: Console, shown: Int? = nil) throws {
        tell(on: console, shown: shown)
        if counts != nil, isInterrupted { throw ExitStatus.interrupted }
        if counts?.damaged ?? 0 > 0 { throw ExitStatus.damagedData }
    }

    func tell(on console: Console, shown: Int? = nil) {
        guard var counts else { return }
        counts.matched = min(counts.matched, shown ?? .max)
        console.note(text(counts))
    }

    private func text(_ counts: ScanCounts) -> String {
        var text = "scanned \(counts.scanned), matched \(counts.matched), skipped \(counts.skipped)"
        if counts.skipped > 0 { text += " whose bodies retention took" }
        if counts.damaged > 0 {
            text += "; \(HumanText.count(counts.damaged, "body", "bodies")) cannot be read: run callbox archive verify"
        }
        if isInterrupted {
            text += "; stopped at \(counts.done) of \(counts.total) deliveries"
        } else if !counts.isComplete {
            text += "; ended there, for that is as many as were wanted"
        }
        return text
    }
}

/// Tells of a scan's progress, ten times a second at most.
private final class ScanNarrator: Sendable {
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
        console.progress("scanned \(counts.scanned), matched \(counts.matched), \(percent) %")
    }

    /// Makes room for a line of the result.
    func clear() {
        let wasShown = last.withLock { last in
            defer { last.isShown = false }
            return last.isShown
        }
        if wasShown { console.progress("") }
    }
}
