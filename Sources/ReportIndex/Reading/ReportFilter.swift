package import Deliveries
package import StrictJSON

/// Which reports a query wants. Several values of one filter mean any of them; several filters mean all of them.
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
    /// Fields by name and value; values of one name are alternatives.
    package var fields: [ReportField] = []
    /// What fields have to be besides; all of them.
    package var fieldTests: [FieldTest] = []
    /// What values of the body have to be: tests of one path that say `=` are alternatives, of others all have to hold.
    package var bodyTests: [BodyTest] = []
    /// Texts that the body or externalInfo has, whatever the case of their letters; alternatives.
    package var texts: [String] = []
    /// Only reports before this one, or arrivals if attempts are listed: the end of the previous page.
    package var before: ReportID?
    /// Every arrival of a report, not only the first.
    package var listsAttempts = false
    /// Only the latest of each type and value of these fields, by the provider's time if there is one.
    package var latestPer: [IdentityFamily]?
    /// Most rows; nil for all.
    package var limit: Int?

    package init() {}

    /// Whether bodies have to be opened to know what matches.
    package var opensBodies: Bool {
        !bodyTests.isEmpty || !texts.isEmpty
    }

    // What the filter looks at, for queries that are not about reports alone. A part that is added has its place here as
    // well; a test counts them.

    /// Whether it has conditions on reports, which rejected deliveries do not have.
    package var looksAtReports: Bool {
        !providers.isEmpty || !types.isEmpty || !topics.isEmpty || isUnrouted || looksAtEachReport
    }

    /// Whether every report matches.
    var wantsEverything: Bool {
        !looksAtReports && sources.isEmpty && since == nil && until == nil
    }

    /// Whether it has conditions beyond category and time, which are checked for each report.
    package var looksAtEachReport: Bool {
        !fields.isEmpty || !fieldTests.isEmpty || !verifications.isEmpty || opensBodies || latestPer != nil
    }

    /// Whether nothing narrows it down. Compares all that a filter has but whether repeats are listed: a condition that were
    /// overlooked here would let somebody prune or send what they did not mean.
    package var isUnconditional: Bool {
        var filter = self
        filter.listsAttempts = false
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

/// The ID of a report in the index. People use the delivery's ID and the place in it.
package struct ReportID: RawRepresentable, Hashable, Sendable {
    package let rawValue: Int64

    package init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    /// The report in this place of a delivery, from 1; nil for numbers that no delivery or place has.
    package init?(delivery: DeliveryID, ordinal: Int) {
        guard (0...ArrivalID.deliveryLimit).contains(delivery.rawValue),
            (0...ArrivalID.ordinalLimit).contains(ordinal)
        else { return nil }
        self.rawValue = ArrivalID(delivery.rawValue, ordinal).rawValue
    }
}
