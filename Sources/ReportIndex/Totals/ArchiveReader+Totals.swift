internal import Deliveries
internal import GRDB

extension ArchiveReader {
    /// Totals of the matching arrivals by source, provider, type, route, verification and time slot.
    ///
    /// If the filter has only conditions on categories and times, reads the arrivals once, in slices with short
    /// transactions, so the writer can restart its log between slices. With any other filter, reads reports one by one.
    ///
    /// - Parameters:
    ///   - progress: called from time to time with the completed fraction from 0 to 1; nil if it is unknown.
    ///   - body: called once per slice for each key, so memory use does not depend on the size of the archive.
    package func forEachTotal(
        matching filter: ReportFilter, in slots: TimeSlots, progress: (Double) throws -> Void = { _ in },
        _ body: (ArrivalKey, ArrivalTotals) throws -> Void
    ) throws {
        guard filter.looksAtEachReport else { return try sumSlices(filter, slots, progress, body) }
        var filter = filter
        filter.listsAttempts = true
        try forEachReport(matching: filter) { report in
            let countsBody = report.ordinal == 1
            try body(
                ArrivalKey(
                    source: report.source, provider: report.provider, type: report.type, route: report.route,
                    verification: report.verification, slot: slots.slot(of: report.receivedAt)),
                ArrivalTotals(
                    isFirst: report.attemptNumber == 1, bodyByteCount: countsBody ? Int64(report.bodyByteCount) : 0,
                    storedByteCount: countsBody ? Int64(report.storedByteCount) : 0, at: report.receivedAt))
        }
    }

    private func sumSlices(
        _ filter: ReportFilter, _ slots: TimeSlots, _ progress: (Double) throws -> Void,
        _ body: (ArrivalKey, ArrivalTotals) throws -> Void
    ) throws {
        // Fixes the range at the start, so later arrivals are not counted.
        guard let arrivals = try read({ try ReportConditions(filter, $0)?.arrivals }) else { return }
        var next = arrivals.lowerBound
        while next <= arrivals.upperBound {
            let slice = try read { db in
                try ArrivalSlice.read(from: next, through: arrivals.upperBound, filter, slots, db)
            }
            guard let slice else { return }
            for (key, totals) in slice.totals { try body(key, totals) }
            let whole = Double(arrivals.upperBound) - Double(arrivals.lowerBound) + 1
            try progress(min(1, (Double(slice.last) - Double(arrivals.lowerBound) + 1) / whole))
            guard slice.last < arrivals.upperBound else { return }
            next = slice.last + 1
        }
    }
}
