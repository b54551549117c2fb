package import Deliveries
package import StrictJSON
package import TextForms

/// The conditions of a query for reports. Values of one condition are alternatives; all conditions must be true.
package struct ReportFilter: Sendable {
    /// The names of APIs.
    package var providers: [String] = []
    package var sources: [String] = []
    package var types: [String] = []
    package var topics: [String] = []
    /// Only reports without a route.
    package var isUnrouted = false
    package var verifications: [Verification] = []
    /// The earliest time of a report's first arrival, inclusive.
    package var since: Timestamp?
    /// The latest time of a report's first arrival, exclusive.
    package var until: Timestamp?
    /// The fields of a report. Several values of the same field are alternatives.
    package var fields: [ReportField] = []
    /// The tests of fields, all of which must pass.
    package var fieldTests: [FieldTest] = []
    /// The tests of bodies. Several `=` tests of the same path are alternatives; all other tests must pass.
    package var bodyTests: [BodyTest] = []
    /// The strings to search for. The body or externalInfo must contain at least one of them.
    package var texts: [String] = []
    /// True to match strings in every spelling (`TextFolding`); false to compare bytes.
    package var folds = false
    /// The last report of the previous page, or the last arrival if attempts are listed. The query then selects only
    /// earlier reports.
    package var before: ReportID?
    /// True to list all arrivals of a report, not only the first.
    package var listsAttempts = false
    /// The fields by which to group reports. The query then returns only the latest report for each type and value, by
    /// the provider's time if there is one.
    package var latestPer: [IdentityFamily]?
    /// The maximum number of rows; nil for all.
    package var limit: Int?

    package init() {}

    /// True if a query must open bodies.
    package var opensBodies: Bool {
        !bodyTests.isEmpty || !texts.isEmpty
    }

    // Add each new condition to the properties below. A test counts the conditions.

    /// True if the filter has conditions on reports. A rejected delivery has no reports, so it cannot match.
    package var looksAtReports: Bool {
        !providers.isEmpty || !types.isEmpty || !topics.isEmpty || isUnrouted || looksAtEachReport
    }

    /// True if the filter selects all reports.
    var wantsEverything: Bool {
        !looksAtReports && sources.isEmpty && since == nil && until == nil
    }

    /// True if the filter has conditions that must be checked for each report, that is, conditions other than category
    /// and time.
    package var looksAtEachReport: Bool {
        !fields.isEmpty || !fieldTests.isEmpty || !verifications.isEmpty || opensBodies || latestPer != nil
    }

    /// True if the filter has no condition. Compares all members except `listsAttempts` and `folds`: if a condition
    /// were forgotten here, a user could prune or send all deliveries by mistake.
    package var isUnconditional: Bool {
        var filter = self
        (filter.listsAttempts, filter.folds) = (false, false)
        return String(reflecting: filter) == String(reflecting: ReportFilter())
    }
}

/// A test of a report's field.
package struct FieldTest: Sendable, Equatable {
    package let name: String
    package let test: ValueTest

    package init(_ name: String, _ test: ValueTest) {
        self.name = name
        self.test = test
    }
}

/// A test of a value in a body.
package struct BodyTest: Sendable, Equatable {
    package let path: JSONPath
    package let test: ValueTest

    package init(_ path: JSONPath, _ test: ValueTest) {
        self.path = path
        self.test = test
    }
}

/// The ID of a report in the index. Users see the delivery's ID and the report's number within the delivery.
package struct ReportID: RawRepresentable, Hashable, Sendable {
    package let rawValue: Int64

    package init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    /// - Parameter ordinal: the number of the report in the delivery, from 1.
    package init?(delivery: DeliveryID, ordinal: Int) {
        guard (0...ArrivalID.deliveryLimit).contains(delivery.rawValue),
            (0...ArrivalID.ordinalLimit).contains(ordinal)
        else { return nil }
        self.rawValue = ArrivalID(delivery.rawValue, ordinal).rawValue
    }
}
