internal import GRDB

/// Every arrival, newest first: reports and their repeats merged, or the candidates of an index with their repeats.
struct ArrivalList {
    private enum Source {
        case all(reports: MergedCursor, repeats: MergedCursor)
        case some(ArraySlice<(id: Int64, report: Int64)>)
    }

    private let db: Database
    private var source: Source
    private var report: Int64?
    private var anotherTime: Int64?

    init(_ filter: ReportFilter, _ conditions: ReportConditions.Resolved, _ db: Database) throws {
        self.db = db
        let arrivals = conditions.arrivals
        if !conditions.fields.isEmpty || !conditions.tests.isEmpty {
            // A repeat may arrive long after its report: the time limits apply to arrivals.
            var unbounded = filter
            (unbounded.since, unbounded.until, unbounded.before) = (nil, nil, nil)
            var found: [(id: Int64, report: Int64)] = []
            if let conditions = try ReportConditions(unbounded, db).resolved {
                let candidates = try ReportCandidates(conditions, db)
                while let report = try candidates.next() {
                    found.append((report, report))
                    for id in try Int64.fetchAll(
                        db.cachedStatement(sql: "SELECT id FROM attempt WHERE reportId = ?"), arguments: [report])
                    {
                        found.append((id, report))
                    }
                }
            }
            source = .some(found.filter { arrivals.contains($0.id) }.sorted { $0.id > $1.id }[...])
        } else {
            func cursor(_ table: String) throws -> MergedCursor {
                let cursor = try Int64.fetchCursor(
                    db, sql: "SELECT id FROM \(table) WHERE id BETWEEN ? AND ? ORDER BY id DESC",
                    arguments: [arrivals.lowerBound, arrivals.upperBound])
                return try MergedCursor([cursor])
            }
            let (reports, repeats) = (try cursor("report"), try cursor("attempt"))
            report = try reports.next()
            anotherTime = try repeats.next()
            source = .all(reports: reports, repeats: repeats)
        }
    }

    mutating func next() throws -> (id: Int64, report: Int64)? {
        switch source {
        case .some(var rest):
            let first = rest.popFirst()
            source = .some(rest)
            return first
        case .all(let reports, let repeats):
            if let id = report, id > anotherTime ?? -1 {
                report = try reports.next()
                return (id, id)
            }
            guard let id = anotherTime else { return nil }
            anotherTime = try repeats.next()
            let report = try Int64.fetchOne(
                db.cachedStatement(sql: "SELECT reportId FROM attempt WHERE id = ?"), arguments: [id])
            return (id, report ?? id)
        }
    }
}
