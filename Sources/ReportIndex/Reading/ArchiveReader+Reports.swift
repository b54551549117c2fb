internal import Deliveries
internal import GRDB
internal import Journal

/// Reports that match a filter.
extension ArchiveReader {
    /// Reports read under one snapshot: a slow caller does not make the log grow.
    private static let pageCount = 1000

    /// Reports that match, newest arrival first, handed over one by one so that memory does not grow with their number. What
    /// arrives meanwhile is not among them.
    ///
    /// - Parameter watch: receives the progress of a scan over bodies.
    /// - Returns: the counts of the scan; nil if the index was enough.
    @discardableResult
    package func forEachReport(
        matching filter: ReportFilter, watch: ScanWatch = ScanWatch(), _ body: (ReportSummary) throws -> Void
    ) throws(ArchiveReadFailure) -> ScanCounts? {
        guard !filter.opensBodies else { return try scan(filter, watch, body) }
        try forEachIndexedReport(matching: filter, body)
        return nil
    }

    private func scan(
        _ filter: ReportFilter, _ watch: ScanWatch, _ body: (ReportSummary) throws -> Void
    ) throws(ArchiveReadFailure) -> ScanCounts {
        let arrivals = try read { db in try ReportConditions(filter, db).resolved?.arrivals }
        guard let arrivals else { return ScanCounts() }
        guard filter.latestPer != nil else { return try ReportScan(filter, arrivals, directory, watch).run(body) }
        // The latest of those whose bodies match.
        var (every, latest) = (filter, filter)
        (every.latestPer, every.limit) = (nil, nil)
        (latest.bodyTests, latest.texts) = ([], [])
        var matching: [Int64] = []
        let counts = try ReportScan(every, arrivals, directory, watch).run { matching.append($0.reportID.rawValue) }
        try read { db in
            try ReportQuery(latest, among: matching, db)?.forEach(db) { report in
                do { try body(report) } catch { throw ArchiveReadFailure.stopped(error) }
            }
        }
        return counts
    }

    private func forEachIndexedReport(
        matching filter: ReportFilter, _ body: (ReportSummary) throws -> Void
    ) throws(ArchiveReadFailure) {
        func hand(_ summary: ReportSummary) throws(ArchiveReadFailure) {
            do {
                try body(summary)
            } catch {
                throw .stopped(error)
            }
        }
        guard filter.isReadInPages else {
            return try read { db in try ReportQuery(filter, db)?.forEach(db, hand) }
        }
        var page = filter
        var remaining = filter.limit.map { max(0, $0) } ?? .max
        while remaining > 0 {
            let count = min(remaining, Self.pageCount)
            page.limit = count
            var reports: [ReportSummary] = []
            try read { db in try ReportQuery(page, db)?.forEach(db) { reports.append($0) } }
            for report in reports { try hand(report) }
            guard reports.count == count, let last = reports.last else { return }
            page.before = last.arrivalID
            remaining -= count
        }
    }

    /// The same, gathered.
    package func reports(matching filter: ReportFilter) throws(ArchiveReadFailure) -> [ReportSummary] {
        var reports: [ReportSummary] = []
        try forEachReport(matching: filter) { reports.append($0) }
        return reports
    }
}

extension ReportFilter {
    /// Whether a page can start at the end of the previous one without reading that again.
    fileprivate var isReadInPages: Bool {
        latestPer == nil && !(listsAttempts && !(fields.isEmpty && fieldTests.isEmpty))
    }
}
