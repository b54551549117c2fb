internal import Deliveries
internal import Presentation
internal import ReportIndex
internal import TerminalOutput

/// Reads the reports that match a filter and shows progress on a terminal. Ctrl-C stops a scan of bodies and keeps the
/// results found so far.
struct MatchingReports {
    let reader: ArchiveReader
    let console: Console

    /// The IDs of the deliveries with matching reports, oldest first. Fails if interrupted.
    func deliveryIDs(_ filter: ReportFilter) throws -> [DeliveryID] {
        let (found, isInterrupted) = try watched(filter, ScanProgress(console)) { watch in
            try reader.deliveryIDs(matching: filter, watch: watch) { console.progress("found \($0) deliveries") }
        }
        console.progress("")
        ScanConclusion(counts: found.counts, isInterrupted: isInterrupted).note(on: console)
        if isInterrupted { throw ExitStatus.interrupted }
        return found.ids
    }

    /// - Returns: the counts to print as a note after the results.
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

    /// Passes one page of reports to `body` and calls `finish`. Then prints notes about the scan counts, missing names
    /// and the next page.
    ///
    /// - Parameter filter: must have the limit `page.readCount`.
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
            console.note(
                filter.latestPer == nil ? "next page: \(NextPage.command(before: last.numberText))" : page.hint)
        }
        try conclusion.conclude(on: console, shown: count)
    }

    private func watched<Value>(
        _ filter: ReportFilter, _ progress: ScanProgress, _ work: (ScanWatch) throws -> Value
    ) throws -> (value: Value, isInterrupted: Bool) {
        let watch = ScanWatch(isCancelled: { Interruption.hasHappened }, progress: { progress.update($0) })
        if filter.opensBodies { Interruption.note() }
        defer { if filter.opensBodies { Interruption.release() } }
        return (try work(watch), watch.isStopped)
    }
}

extension ScanConclusion {
    /// Prints the scan counts as a note. Throws an exit status if the scan was interrupted or found damaged bodies.
    ///
    /// - Parameter shown: the number of results that were shown; nil for all.
    func conclude(on console: Console, shown: Int? = nil) throws {
        note(on: console, shown: shown)
        if counts != nil, isInterrupted { throw ExitStatus.interrupted }
        if counts?.damaged ?? 0 > 0 { throw ExitStatus.damagedData }
    }
}
