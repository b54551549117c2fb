internal import Deliveries
internal import GRDB

/// Finds the reports that a filter wants, but for what it says of bodies: candidates from an index, each then looked at whole.
struct ReportQuery {
    /// A report and the arrival that is shown of it.
    typealias Match = (report: Int64, arrival: Int64)

    private let filter: ReportFilter
    private let conditions: ReportConditions.Resolved
    private let details: ReportDetails
    private let among: [Int64]?

    /// Nil if nothing can match.
    ///
    /// - Parameters:
    ///   - part: arrivals outside of it are left out.
    ///   - among: the reports among which the latest are chosen, in descending order; nil for all that match.
    init?(
        _ filter: ReportFilter, within part: ClosedRange<Int64>? = nil, among: [Int64]? = nil, _ db: Database
    ) throws {
        guard let conditions = try ReportConditions(filter, within: part, db).resolved else { return nil }
        self.filter = filter
        self.conditions = conditions
        self.details = ReportDetails(conditions)
        self.among = among
    }

    /// The reports, newest arrival first, up to the filter's limit.
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

    /// What may match, newest arrival first, until `body` says that it is enough; `summary` or `holds` decides.
    func forEachCandidate(_ db: Database, _ body: (Match) throws -> Bool) throws {
        if let subject = filter.latestPer {
            let among = try among ?? (conditions.tests.isEmpty ? nil : candidates(db))
            for id in try LatestReports(per: subject, conditions, among: among).ids(db) {
                guard try body((id, id)) else { return }
            }
        } else if filter.listsAttempts {
            var arrivals = try ArrivalList(filter, conditions, db)
            while let arrival = try arrivals.next() {
                guard try body((arrival.report, arrival.id)) else { return }
            }
        } else {
            let candidates = try ReportCandidates(conditions, db)
            while let id = try candidates.next() {
                guard try body((id, id)) else { return }
            }
        }
    }

    /// The report as the arrival brought it; nil if it does not match.
    func summary(_ match: Match, _ db: Database) throws -> ReportSummary? {
        try details.summary(ofReport: match.report, arrival: match.arrival, db)
    }

    /// Whether it matches: less work than `summary`, and none where the candidates are all there is to know.
    func holds(_ match: Match, _ db: Database) throws -> Bool {
        guard !conditions.isKnownByCandidates else { return true }
        return try details.holds(ofReport: match.report, arrival: match.arrival, db)
    }

    private func candidates(_ db: Database) throws -> [Int64] {
        let candidates = try ReportCandidates(conditions, db)
        var ids: [Int64] = []
        while let id = try candidates.next() { ids.append(id) }
        return ids
    }
}

/// How a query finds its reports, without finding them.
package struct ReportPlan: Sendable {
    /// The index that names the candidates.
    package enum Lead: Sendable, Equatable {
        /// A part of the filter names what no report has.
        case nothing
        case field(String)
        /// Every value of the field is tested.
        case fieldTest(String)
        /// So many combinations of source, type and topic.
        case categories(Int)
        /// Each row of the journal, for what vouched for it.
        case verification
        case everything
    }

    package let lead: Lead
    /// Numbers of the deliveries among which are all candidates.
    package let deliveries: ClosedRange<Int64>?
    /// Candidates, counted up to `candidateLimit`.
    package let candidateCount: Int
    /// Whether candidates' rows must be read too.
    package let looksAtRows: Bool
    package let opensBodies: Bool

    /// Candidates are not counted further than this.
    package static let candidateLimit = 10_000
}

extension ArchiveReader {
    /// What `forEachReport` would do.
    package func plan(of filter: ReportFilter) throws -> ReportPlan {
        try read { db in
            guard let conditions = try ReportConditions(filter, db).resolved else {
                return ReportPlan(
                    lead: .nothing, deliveries: nil, candidateCount: 0, looksAtRows: false,
                    opensBodies: filter.opensBodies)
            }
            let candidates = try ReportCandidates(conditions, db)
            var count = 0
            while count < ReportPlan.candidateLimit, try candidates.next() != nil { count += 1 }
            return ReportPlan(
                lead: Self.lead(filter, conditions),
                deliveries: ArrivalID(rawValue: conditions.arrivals.lowerBound)
                    .deliveryID...ArrivalID(rawValue: conditions.arrivals.upperBound).deliveryID,
                candidateCount: count, looksAtRows: !conditions.isKnownByCandidates, opensBodies: filter.opensBodies)
        }
    }

    private static func lead(_ filter: ReportFilter, _ conditions: ReportConditions.Resolved) -> ReportPlan.Lead {
        if let field = filter.fields.first { return .field(field.name) }
        if let test = filter.fieldTests.first(where: { !$0.test.relation.isNegative }) { return .fieldTest(test.name) }
        if let count = conditions.categoryIDs?.count, count <= ReportCandidates.mergedCategoryLimit {
            return .categories(count)
        }
        return filter.verifications.isEmpty ? .everything : .verification
    }
}
