internal import Deliveries
internal import GRDB
internal import TextForms

/// Finds the reports that match a filter, ignoring its conditions on bodies. Reads candidates from an index and checks
/// each of them.
struct ReportQuery {
    /// A report, and the arrival to show for it.
    typealias Match = (report: Int64, arrival: Int64)

    private let filter: ReportFilter
    private let conditions: ReportConditions
    private let details: ReportDetails
    private let among: Set<Int64>?

    /// Nil if no report can match.
    ///
    /// - Parameters:
    ///   - part: limits the query to a range of arrivals.
    ///   - among: the reports from which to select the latest; nil for all matching reports.
    init?(
        _ filter: ReportFilter, within part: ClosedRange<Int64>? = nil, among: Set<Int64>? = nil, _ db: Database
    ) throws {
        guard let conditions = try ReportConditions(filter, within: part, db) else { return nil }
        self.filter = filter
        self.conditions = conditions
        self.details = ReportDetails(conditions)
        self.among = among
    }

    /// Passes the matching reports, newest arrival first, up to the filter's limit.
    func forEach(_ db: Database, _ body: (ReportSummary) throws -> Void) throws {
        var remaining = filter.limit.map { max(0, $0) } ?? .max
        guard remaining > 0 else { return }
        try forEachCandidate(db) { match in
            guard let summary = try summary(match, db) else { return true }
            try body(summary)
            remaining -= 1
            return remaining > 0
        }
    }

    /// Passes candidates, newest arrival first, until `body` returns false. Call `summary` or `holds` to decide whether
    /// a candidate matches.
    func forEachCandidate(_ db: Database, _ body: (Match) throws -> Bool) throws {
        if filter.listsAttempts, filter.latestPer == nil {
            let arrivals = try ArrivalList(filter, conditions, db)
            while let arrival = try arrivals.next(), try body((arrival.report, arrival.id)) {}
            return
        }
        let candidates = try ReportCandidates(conditions, db)
        guard let families = filter.latestPer else {
            while let id = try candidates.next(), try body((id, id)) {}
            return
        }
        var among = among
        if among == nil, !conditions.tests.isEmpty {
            among = []
            while let id = try candidates.next() { among?.insert(id) }
        }
        for id in try LatestReports(families: families, conditions: conditions, among: among).ids(db) {
            guard try body((id, id)) else { return }
        }
    }

    /// The report as this arrival contained it; nil if it does not match.
    func summary(_ match: Match, _ db: Database) throws -> ReportSummary? {
        try details.summary(ofReport: match.report, arrival: match.arrival, db)
    }

    /// True if a candidate matches. Faster than `summary`.
    func holds(_ match: Match, _ db: Database) throws -> Bool {
        try conditions.isKnownByCandidates || details.holds(ofReport: match.report, arrival: match.arrival, db)
    }
}

/// Describes how a query finds its reports.
package struct ReportPlan: Sendable {
    /// The index that provides the candidates.
    package enum Lead: Sendable, Equatable {
        /// No report can match, because the filter contains an unknown name.
        case nothing
        case field(String)
        case fieldTest(String)
        /// The index of categories. The value is the number of matching combinations of source, type and topic.
        case categories(Int)
        /// All rows of the journal. The verification of each row is checked.
        case verification
        case everything
    }

    package let lead: Lead
    /// A range of positions that contains all candidates.
    package let deliveries: ClosedRange<Int64>?
    /// The number of candidates; counting stops at `candidateLimit`.
    package let candidateCount: Int
    /// True if the query must also read the rows of candidates.
    package let looksAtRows: Bool
    package let opensBodies: Bool

    /// The maximum number of candidates to count.
    package static let candidateLimit = 10_000
}

extension ArchiveReader {
    /// The plan that `forEachReport` uses for a filter.
    package func plan(of filter: ReportFilter) throws -> ReportPlan {
        try read { db in
            guard let conditions = try ReportConditions(filter, db) else {
                return ReportPlan(
                    lead: .nothing, deliveries: nil, candidateCount: 0, looksAtRows: false,
                    opensBodies: filter.opensBodies)
            }
            let candidates = try ReportCandidates(conditions, db)
            var count = 0
            while count < ReportPlan.candidateLimit, try candidates.next() != nil { count += 1 }
            return ReportPlan(
                lead: Self.lead(filter, conditions), deliveries: ArrivalID.deliveries(conditions.arrivals),
                candidateCount: count, looksAtRows: !conditions.isKnownByCandidates, opensBodies: filter.opensBodies)
        }
    }

    private static func lead(_ filter: ReportFilter, _ conditions: ReportConditions) -> ReportPlan.Lead {
        if let field = filter.fields.first { return .field(field.name) }
        if let test = filter.fieldTests.first(where: { !$0.test.relation.isNegative }) { return .fieldTest(test.name) }
        if let count = conditions.categoryIDs?.count, count <= ReportCandidates.mergedCategoryLimit {
            return .categories(count)
        }
        return filter.verifications.isEmpty ? .everything : .verification
    }
}
