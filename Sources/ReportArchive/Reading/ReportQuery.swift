internal import Deliveries
internal import Foundation
internal import GRDB

/// Finds the reports that a filter wants: candidates from an index, each then looked at whole.
struct ReportQuery {
    private let filter: ReportFilter
    private let conditions: ReportConditions.Resolved
    private let details: ReportDetails

    /// Nil where nothing can match.
    init?(_ filter: ReportFilter, _ db: Database) throws {
        guard let conditions = try ReportConditions(filter, db).resolved else { return nil }
        self.filter = filter
        self.conditions = conditions
        self.details = ReportDetails(conditions)
    }

    func forEach(_ db: Database, _ body: (ReportSummary) throws -> Void) throws {
        var remaining = filter.limit.map { max(0, $0) } ?? .max
        /// False when there are enough.
        func hand(_ summary: ReportSummary?) throws -> Bool {
            guard remaining > 0 else { return false }
            guard let summary else { return true }
            try body(summary)
            remaining -= 1
            return remaining > 0
        }
        guard remaining > 0 else { return }
        if let subject = filter.latestPer {
            for id in try latestIDs(per: subject, db) {
                guard try hand(details.summary(ofReport: id, arrival: id, db)) else { return }
            }
        } else if filter.listsAttempts {
            var arrivals = try ArrivalList(filter, conditions, db)
            while let arrival = try arrivals.next() {
                guard try hand(details.summary(ofReport: arrival.report, arrival: arrival.id, db)) else { return }
            }
        } else {
            var candidates = try ReportCandidates(conditions, db)
            while let id = try candidates.next() {
                guard try hand(details.summary(ofReport: id, arrival: id, db)) else { return }
            }
        }
    }

    /// Goes through every report that matches: the latest of each can be anywhere.
    private func latestIDs(per subject: ReportSubject, _ db: Database) throws -> [Int64] {
        let names = subject.fieldNames.map { _ in "?" }.joined(separator: ", ")
        return try Int64.fetchAll(
            db,
            sql: """
                SELECT id FROM (
                    SELECT report.id AS id, \(ReportDetails.timeSQL) AS time, row_number() OVER (
                        PARTITION BY field.value, category.kind ORDER BY \(ReportDetails.timeSQL) DESC, report.id DESC
                    ) AS place
                    FROM field JOIN fieldName ON fieldName.id = field.nameId JOIN report ON report.id = field.reportId
                        JOIN category ON category.id = report.categoryId JOIN journal ON journal.id = report.id >> 20
                    WHERE fieldName.name IN (\(names)) AND \(ReportSubject.identifyingSQL)
                        AND report.id BETWEEN ? AND ? AND \(conditions.sql)
                ) WHERE place = 1 GROUP BY id ORDER BY max(time) DESC, id DESC
                """,
            arguments: StatementArguments(subject.fieldNames)
                + [conditions.arrivals.lowerBound, conditions.arrivals.upperBound] + conditions.arguments)
    }
}

/// Every arrival, newest first: reports and their repeats merged, or, where an index names few reports, those with theirs.
private struct ArrivalList {
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
        if !conditions.fields.isEmpty {
            // A repeat may have come long after its report: the bounds of time are those of arrivals.
            var unbounded = filter
            (unbounded.since, unbounded.until, unbounded.before) = (nil, nil, nil)
            var found: [(id: Int64, report: Int64)] = []
            if let conditions = try ReportConditions(unbounded, db).resolved {
                var candidates = try ReportCandidates(conditions, db)
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
