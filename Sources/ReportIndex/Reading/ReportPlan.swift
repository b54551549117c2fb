internal import Deliveries
internal import GRDB

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
    package func plan(of filter: ReportFilter) throws(ArchiveReadFailure) -> ReportPlan {
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
