internal import Deliveries
internal import GRDB
internal import Journal

/// Decides whether single arrivals are what a filter wants, all parts of it: for those who have the arrivals already.
struct ArrivalMatcher {
    private let details: ReportDetails
    private let tests: FieldTestIndex
    private let bodies: BodyMatcher?
    private let dictionaries: DictionaryCache

    init(_ filter: ReportFilter, _ conditions: ReportConditions.Resolved, _ dictionaries: DictionaryCache) {
        details = ReportDetails(conditions)
        tests = FieldTestIndex(conditions.tests)
        bodies = filter.opensBodies ? BodyMatcher(filter) : nil
        self.dictionaries = dictionaries
    }

    /// The report as the arrival brought it; nil if it does not match or its body is needed and cannot be read.
    func summary(ofReport report: Int64, arrival: Int64, _ db: Database) throws -> ReportSummary? {
        guard let summary = try details.summary(ofReport: report, arrival: arrival, db),
            try tests.hold(ofReport: report, db)
        else { return nil }
        guard let bodies else { return summary }
        guard let stored = try StoredBody.at(summary.deliveryID, db, dictionaries), let body = try? stored.opened()
        else { return nil }
        return bodies.matches(body) { summary.externalInfo } ? summary : nil
    }
}
