package import Deliveries
package import StrictJSON
package import TextForms

/// The reports that a query selects. Values of one condition are alternatives; all conditions must hold.
package struct ReportFilter: Sendable {
    /// The names of APIs.
    package var providers: [String] = []
    package var sources: [String] = []
    package var types: [String] = []
    package var topics: [String] = []
    /// Only reports without a route.
    package var isUnrouted = false
    package var verifications: [Verification] = []
    /// Selects reports whose first arrival is at or after this time.
    package var since: Timestamp?
    /// Selects reports whose first arrival is before this time.
    package var until: Timestamp?
    /// The fields of a report. Several values for the same field name are alternatives.
    package var fields: [ReportField] = []
    /// The tests of fields, all of which must hold.
    package var fieldTests: [FieldTest] = []
    /// The tests of bodies. `=` tests of the same path are alternatives; all other tests must hold.
    package var bodyTests: [BodyTest] = []
    /// Texts, at least one of which the body or externalInfo must contain.
    package var texts: [String] = []
    /// True if texts are found in every spelling (`TextFolding`), false if bytes are compared.
    package var folds = false
    /// The last report of the previous page, or the last arrival if attempts are listed. Selects only earlier ones.
    package var before: ReportID?
    /// True to list every arrival of a report, not only the first.
    package var listsAttempts = false
    /// The fields by which to select the latest report: only the latest one for each type and value, by the provider's
    /// time if there is one.
    package var latestPer: [IdentityFamily]?
    /// The maximum number of rows; nil for all.
    package var limit: Int?

    package init() {}

    /// True if a query must open bodies.
    package var opensBodies: Bool {
        !bodyTests.isEmpty || !texts.isEmpty
    }

    // A new condition must be added below; a test counts the conditions.

    /// True if the filter has conditions on reports, which rejected deliveries cannot meet.
    package var looksAtReports: Bool {
        !providers.isEmpty || !types.isEmpty || !topics.isEmpty || isUnrouted || looksAtEachReport
    }

    /// True if every report matches.
    var wantsEverything: Bool {
        !looksAtReports && sources.isEmpty && since == nil && until == nil
    }

    /// True if the filter has conditions other than category and time, which are checked for each report.
    package var looksAtEachReport: Bool {
        !fields.isEmpty || !fieldTests.isEmpty || !verifications.isEmpty || opensBodies || latestPer != nil
    }

    /// True if the filter has no condition. Compares all members except `listsAttempts` and `folds`. If a condition
    /// were omitted, a user could prune or send deliveries by mistake.
    package var isUnconditional: Bool {
        var filter = self
        (filter.listsAttempts, filter.folds) = (false, false)
        return String(reflecting: filter) == String(reflecting: ReportFilter())
    }
}

/// A condition on a field of a report.
package struct FieldTest: Sendable, Equatable {
    package let name: String
    package let test: ValueTest

    package init(_ name: String, _ test: ValueTest) {
        self.name = name
        self.test = test
    }
}

/// A condition on a value in a body.
package struct BodyTest: Sendable, Equatable {
    package let path: JSONPath
    package let test: ValueTest

    package init(_ path: JSONPath, _ test: ValueTest) {
        self.path = path
        self.test = test
    }
}

/// The ID of a report in the index. Users see the delivery's ID and the number of the report in it.
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
