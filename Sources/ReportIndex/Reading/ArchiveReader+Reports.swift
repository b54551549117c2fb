package import Deliveries
internal import Foundation
internal import GRDB
internal import Journal

extension ArchiveReader {
    /// The maximum number of rows to read in one snapshot. A slow caller must not prevent the writer from restarting
    /// its log.
    private static let reportPageCount = 1000
    private static let identifierPageCount = 4096

    /// Passes the matching reports one by one, newest arrival first, so memory use does not depend on their number.
    /// Ignores reports that arrive during the call.
    ///
    /// - Parameter watch: receives the progress of a scan over bodies.
    /// - Returns: the counts of the scan; nil if no scan was needed.
    @discardableResult
    package func forEachReport(
        matching filter: ReportFilter, watch: ScanWatch = ScanWatch(), _ body: (ReportSummary) throws -> Void
    ) throws -> ScanCounts? {
        guard !filter.opensBodies else { return try scan(filter, watch, body) }
        guard filter.isReadInPages else {
            try read { db in try ReportQuery(filter, db)?.forEach(db, body) }
            return nil
        }
        var page = filter
        var remaining = filter.limit.map { max(0, $0) } ?? .max
        while remaining > 0 {
            let count = min(remaining, Self.reportPageCount)
            page.limit = count
            var reports: [ReportSummary] = []
            try read { db in try ReportQuery(page, db)?.forEach(db) { reports.append($0) } }
            try reports.forEach(body)
            guard reports.count == count, let last = reports.last else { return nil }
            page.before = last.arrivalID
            remaining -= count
        }
        return nil
    }

    private func scan(
        _ filter: ReportFilter, _ watch: ScanWatch, _ body: (ReportSummary) throws -> Void
    ) throws -> ScanCounts {
        let arrivals = try read { db in try ReportConditions(filter, db)?.arrivals }
        guard let arrivals else { return ScanCounts() }
        guard filter.latestPer != nil else { return try ReportScan(filter, arrivals, directory, watch).run(body) }
        // Matches bodies first, then selects the latest reports among the matches.
        var (every, latest) = (filter, filter)
        (every.latestPer, every.limit) = (nil, nil)
        (latest.bodyTests, latest.texts) = ([], [])
        var matching: Set<Int64> = []
        let counts = try ReportScan(every, arrivals, directory, watch).run { matching.insert($0.reportID.rawValue) }
        try read { db in try ReportQuery(latest, among: matching, db)?.forEach(db, body) }
        return counts
    }

    /// The reports of `forEachReport` in an array.
    package func reports(matching filter: ReportFilter) throws -> [ReportSummary] {
        var reports: [ReportSummary] = []
        try forEachReport(matching: filter) { reports.append($0) }
        return reports
    }

    /// The IDs of the deliveries with matching reports, oldest first, each once. If the filter has no condition and
    /// lists attempts, the result contains all deliveries of the journal. Uses eight bytes of memory per delivery.
    ///
    /// - Parameters:
    ///   - watch: receives the progress of a scan over bodies.
    ///   - progress: called from time to time with the number of IDs so far.
    /// - Returns: the IDs and the counts of a scan; the counts are nil if no scan was needed.
    package func deliveryIDs(
        matching filter: ReportFilter, watch: ScanWatch = ScanWatch(), progress: (Int) throws -> Void = { _ in }
    ) throws -> (ids: [DeliveryID], counts: ScanCounts?) {
        var ids: [DeliveryID] = []
        func add(_ id: DeliveryID) throws {
            ids.append(id)
            if ids.count.isMultiple(of: Self.identifierPageCount) { try progress(ids.count) }
        }
        if filter.listsAttempts, filter.isUnconditional {
            try forEachIdentifier { id, _ in try add(id) }
            return (ids, nil)
        }
        let counts = try forEachReport(matching: filter, watch: watch) { report in
            // The reports of one delivery are adjacent, except with `latestPer`. Remaining duplicates are removed
            // below.
            if ids.last != report.deliveryID { try add(report.deliveryID) }
        }
        ids.sort()
        var last: DeliveryID?
        ids.removeAll { id in
            defer { last = id }
            return id == last
        }
        return (ids, counts)
    }

    /// Passes the position and UUID of each delivery in the journal, oldest first. Skips damaged rows.
    package func forEachIdentifier(_ body: (DeliveryID, UUIDv7) throws -> Void) throws {
        var last: Int64 = 0
        while true {
            let start = last
            let page = try read { db in
                try Row.fetchAll(
                    db.cachedStatement(
                        sql: """
                            SELECT entry.position, entry.uuid FROM entry JOIN origin ON origin.id = entry.originId
                            WHERE entry.position > ? AND origin.source IS NOT NULL
                            ORDER BY entry.position LIMIT \(Self.identifierPageCount)
                            """),
                    arguments: [last]
                ).map { (try $0.decode(Int64.self, atIndex: 0), try $0.decode(Data?.self, atIndex: 1)) }
            }
            for (id, bytes) in page {
                // Skips rows that are out of order in a damaged file; otherwise the loop might never end.
                guard id > last else { continue }
                last = id
                guard let uuid = bytes.flatMap({ UUIDv7(bytes: Array($0)) }) else { continue }
                try body(DeliveryID(rawValue: id), uuid)
            }
            guard page.count == Self.identifierPageCount, last > start else { return }
        }
    }
}

extension ReportFilter {
    /// True if a page can start where the previous page ended, without reading that page again.
    fileprivate var isReadInPages: Bool {
        latestPer == nil && !(listsAttempts && !(fields.isEmpty && fieldTests.isEmpty))
    }
}
