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
    /// First arrival at or after this.
    package var since: Timestamp?
    /// First arrival before this.
    package var until: Timestamp?
    /// Values of one field name are alternatives.
    package var fields: [ReportField] = []
    /// All of them must hold.
    package var fieldTests: [FieldTest] = []
    /// `=` tests of one path are alternatives; all other tests must hold.
    package var bodyTests: [BodyTest] = []
    /// Texts that the body or externalInfo contains; alternatives.
    package var texts: [String] = []
    /// True if texts are found in every spelling (`TextFolding`), false if bytes are compared.
    package var folds = false
    /// The end of the previous page: only reports before this one, or arrivals if attempts are listed.
    package var before: ReportID?
    /// Every arrival of a report, not only the first.
    package var listsAttempts = false
    /// Only the latest report of each type and value of these fields, by the provider's time if there is one.
    package var latestPer: [IdentityFamily]?
    /// The maximum number of rows; nil for all.
    package var limit: Int?

    package init() {}

    /// True if a query must open bodies.
    package var opensBodies: Bool {
        !bodyTests.isEmpty || !texts.isEmpty
    }

    // A new condition must be added below; a test counts the conditions.

    /// True if it has conditions on reports, which rejected deliveries cannot meet.
    package var looksAtReports: Bool {
        !providers.isEmpty || !types.isEmpty || !topics.isEmpty || isUnrouted || looksAtEachReport
    }

    /// True if every report matches.
    var wantsEverything: Bool {
        !looksAtReports && sources.isEmpty && since == nil && until == nil
    }

    /// True if it has conditions beyond category and time, which are checked for each report.
    package var looksAtEachReport: Bool {
        !fields.isEmpty || !fieldTests.isEmpty || !verifications.isEmpty || opensBodies || latestPer != nil
    }

    /// True if it has no condition. All members are compared except `listsAttempts` and `folds`: if a condition were missed here, a
    /// user could prune or send deliveries by mistake.
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

/// The ID of a report in the index. Users see the delivery's ID and the place in it.
package struct ReportID: RawRepresentable, Hashable, Sendable {
    package let rawValue: Int64

    package init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    /// - Parameter ordinal: the place in the delivery, from 1.
    package init?(delivery: DeliveryID, ordinal: Int) {
        guard (0...ArrivalID.deliveryLimit).contains(delivery.rawValue),
            (0...ArrivalID.ordinalLimit).contains(ordinal)
        else { return nil }
        self.rawValue = ArrivalID(delivery.rawValue, ordinal).rawValue
    }
}
