package import Deliveries

/// Which reports a query wants. Several values of one filter mean any of them; several filters mean all of them.
package struct ReportFilter: Sendable {
    /// API names; `certn` stands for both of Certn's.
    package var providers: [String] = []
    package var sources: [String] = []
    package var kinds: [String] = []
    package var boxes: [String] = []
    /// Only reports that no rule took.
    package var isUnrouted = false
    /// First arrival at or after this.
    package var since: Timestamp?
    /// First arrival before this.
    package var until: Timestamp?
    /// Fields by name and value; values of one name are alternatives.
    package var fields: [ReportField] = []
    /// Only reports older than this one, or arrivals where attempts are listed: where the page before ended.
    package var before: ReportID?
    /// Every arrival of a report, not only the first.
    package var listsAttempts = false
    /// Only the latest of each link, case or person, a kind at a time, by the provider's time where it gives one.
    package var latestPer: ReportSubject?
    /// Most rows; nil for all.
    package var limit: Int?

    package init() {}
}

/// The number of a report in the projection. It says where a page ends; people use the delivery's number.
package struct ReportID: RawRepresentable, Hashable, Sendable {
    package let rawValue: Int64

    package init(rawValue: Int64) {
        self.rawValue = rawValue
    }
}
