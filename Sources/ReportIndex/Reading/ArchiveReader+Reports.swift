package import Deliveries
internal import Foundation
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
    ) throws -> ScanCounts? {
        guard !filter.opensBodies else { return try scan(filter, watch, body) }
        try forEachIndexedReport(matching: filter, body)
        return nil
    }

    private func scan(
        _ filter: ReportFilter, _ watch: ScanWatch, _ body: (ReportSummary) throws -> Void
    ) throws -> ScanCounts {
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
            try ReportQuery(latest, among: matching, db)?.forEach(db, body)
        }
        return counts
    }

    private func forEachIndexedReport(
        matching filter: ReportFilter, _ body: (ReportSummary) throws -> Void
    ) throws {
        guard filter.isReadInPages else {
            return try read { db in try ReportQuery(filter, db)?.forEach(db, body) }
        }
        var page = filter
        var remaining = filter.limit.map { max(0, $0) } ?? .max
        while remaining > 0 {
            let count = min(remaining, Self.pageCount)
            page.limit = count
            var reports: [ReportSummary] = []
            try read { db in try ReportQuery(page, db)?.forEach(db) { reports.append($0) } }
            for report in reports { try body(report) }
            guard reports.count == count, let last = reports.last else { return }
            page.before = last.arrivalID
            remaining -= count
        }
    }

    /// The same, gathered.
    package func reports(matching filter: ReportFilter) throws -> [ReportSummary] {
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

extension ArchiveReader {
    /// Journal rows read under one snapshot.
    private static let numbersInPage = 4096

    /// The numbers of the deliveries that brought what matches, each once, oldest first: eight bytes each. Where every
    /// arrival is wanted without any condition, they are all that the journal has.
    ///
    /// - Parameters:
    ///   - watch: receives the progress of a scan over bodies.
    ///   - progress: called with the count so far.
    /// - Returns: the IDs, and the counts of a scan; nil if the index was enough.
    package func deliveryIDs(
        matching filter: ReportFilter, watch: ScanWatch = ScanWatch(), progress: (Int) throws -> Void = { _ in }
    ) throws -> (ids: [DeliveryID], counts: ScanCounts?) {
        var ids: [DeliveryID] = []
        func tell() throws {
            guard ids.count.isMultiple(of: Self.numbersInPage) else { return }
            try progress(ids.count)
        }
        if filter.listsAttempts, filter.isUnconditional {
            try forEachIdentifier { id, _ in
                ids.append(id)
                try tell()
            }
            return (ids, nil)
        }
        let counts = try forEachReport(matching: filter, watch: watch) { report in
            // The reports of one delivery follow one another.
            guard ids.last != report.deliveryID else { return }
            ids.append(report.deliveryID)
            try tell()
        }
        ids.sort()
        var last: DeliveryID?
        ids.removeAll { id in
            defer { last = id }
            return id == last
        }
        return (ids, counts)
    }

    /// The number and the identifier of each delivery in the journal, oldest first; what is not whole is left out.
    package func forEachIdentifier(
        _ body: (DeliveryID, UUIDv7) throws -> Void
    ) throws {
        var last: Int64 = 0
        while true {
            let start = last
            let page = try read { db in
                try Row.fetchAll(
                    db.cachedStatement(
                        sql: """
                            SELECT entry.position, entry.uuid FROM entry JOIN origin ON origin.id = entry.originId
                            WHERE entry.position > ? AND origin.source IS NOT NULL
                            ORDER BY entry.position LIMIT \(Self.numbersInPage)
                            """),
                    arguments: [last]
                ).map { (try $0.decode(Int64.self, atIndex: 0), try $0.decode(Data?.self, atIndex: 1)) }
            }
            for (id, bytes) in page {
                // In a damaged file rows may be out of order; reading on from the last one must end.
                guard id > last else { continue }
                last = id
                guard let uuid = bytes.flatMap({ UUIDv7(bytes: Array($0)) }) else { continue }
                try body(DeliveryID(rawValue: id), uuid)
            }
            guard page.count == Self.numbersInPage, last > start else { return }
        }
    }
}
