package import Deliveries
internal import GRDB
package import Journal
internal import TextForms

/// The conditions of a query for links. A link must have one of the providers and one of the states. An empty list is
/// not a condition.
package struct LinkFilter: Sendable {
    package var providers: [String] = []
    package var states: [LinkState] = []
    /// The link must have all of these keys.
    package var fields: [ReportField] = []
    /// True to match all spellings of the fields' values.
    package var folds = false
    /// The earliest request time, inclusive.
    package var since: Timestamp?
    /// The latest request time, exclusive.
    package var until: Timestamp?
    /// The last link of the previous page. The query then selects only links with smaller IDs.
    package var before: LinkID?
    /// The maximum number of rows; nil for all.
    package var limit: Int?

    package init() {}
}

/// A report that arrived for a link.
package struct LinkArrival: Sendable, Equatable {
    package let type: String
    package let deliveryID: DeliveryID
    package let receivedAt: Timestamp
    /// True if a secret verified the sender, or if Callbox fetched the report from the provider's API.
    package var isProved = true
}

/// A link with its arrived and missing reports.
package struct LinkProgress: Sendable, Equatable {
    package let link: Link
    /// The arrivals, oldest first; only the newest `arrivalLimit` if there are more.
    package let arrivals: [LinkArrival]
    /// The expectations that are not met yet. Only proved reports meet an expectation, with one exception: a browser
    /// redirect, which is never proved, meets an expectation of its type.
    package let missing: [LinkExpectation]

    /// The maximum number of arrivals that are read for one link.
    package static let arrivalLimit = 1000

    /// True if the link is still open and an expected report is missing. A link without expectations expects any proved
    /// report.
    package var isPending: Bool {
        link.state.isPending
            && (link.order.expectations.isEmpty ? !arrivals.contains(where: \.isProved) : !missing.isEmpty)
    }
}

extension ArchiveReader {
    /// True if a link has this key. Distinguishes redirects that belong to a link from arbitrary requests.
    package func hasLink(withKey field: ReportField) throws -> Bool {
        try read { db in
            try Bool.fetchOne(
                db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM linkKey WHERE name = ? AND value = ?)"),
                arguments: [field.name.bindable, field.value.bindable]) ?? false
        }
    }

    /// The matching links, newest first.
    package func links(matching filter: LinkFilter) throws -> [Link] {
        var conditions = SQLConditions()
        conditions.add("provider", in: filter.providers.map(\.bindable))
        conditions.add("state", in: filter.states)
        for field in filter.fields {
            let (column, value) =
                filter.folds ? ("foldedValue", TextFolding.key(field.value)) : ("value", field.value)
            conditions.add(
                "id IN (SELECT linkId FROM linkKey WHERE name = ? AND \(column) = ?)",
                [field.name.bindable, value.bindable])
        }
        if let since = filter.since { conditions.add("createdAtMilliseconds >= ?", [since]) }
        if let until = filter.until { conditions.add("createdAtMilliseconds < ?", [until]) }
        if let before = filter.before { conditions.add("id < ?", [before]) }
        return try read { db in
            try Row.fetchAll(
                db, sql: "\(Link.select) WHERE \(conditions.sql) ORDER BY id DESC LIMIT ?",
                arguments: conditions.arguments + [filter.limit ?? -1]
            ).map { try Link($0, db) }
        }
    }

    package func link(_ id: LinkID) throws -> Link? {
        try read { db in
            try Row.fetchOne(db, sql: "\(Link.select) WHERE id = ?", arguments: [id]).map { try Link($0, db) }
        }
    }

    /// The reports of a link's provider that have one of the link's keys. If the link has no key from the provider, all
    /// leaf values of its externalInfo must match.
    package func progress(of link: Link) throws -> LinkProgress {
        var arrivals: [ReportID: LinkArrival] = [:]
        var missing = link.order.expectations
        for fields in link.correlations {
            try forEachReport(matching: filter(link, fields)) { report in
                arrivals[report.reportID] = LinkArrival(
                    type: report.type, deliveryID: report.deliveryID, receivedAt: report.receivedAt,
                    isProved: Self.proved.contains(report.verification))
            }
            missing = try missing.filter { expectation in
                var filter = filter(link, fields + (expectation.field.map { [$0] } ?? []))
                filter.types = [expectation.type]
                filter.verifications =
                    Self.proved + (expectation.type == ReportContent.redirectType ? [.unverified] : [])
                filter.limit = 1
                return try reports(matching: filter).isEmpty
            }
        }
        return LinkProgress(
            link: link, arrivals: arrivals.sorted { $0.key.rawValue < $1.key.rawValue }.map(\.value), missing: missing)
    }

    private static let proved: [Verification] = [.verified, .fetched]

    private func filter(_ link: Link, _ fields: [ReportField]) -> ReportFilter {
        var filter = ReportFilter()
        filter.providers = [link.order.provider]
        filter.fields = fields
        filter.since = link.createdAt
        filter.limit = LinkProgress.arrivalLimit
        return filter
    }
}

extension Link {
    /// Groups of fields: a report belongs to this link if it has all fields of one group. One key from the provider is
    /// enough. Without such a key, all leaf values of externalInfo must match, because several links may have some of
    /// these values in common.
    fileprivate var correlations: [[ReportField]] {
        let own = order.keys.filter { !$0.name.hasPrefix("externalInfo.") }
        if !own.isEmpty { return own.map { [$0] } }
        return order.keys.isEmpty ? [] : [order.keys]
    }
}
