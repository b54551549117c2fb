package import Deliveries
internal import GRDB
package import Journal

/// Which links a query wants; several values of one condition mean any of them.
package struct LinkFilter: Sendable {
    package var providers: [String] = []
    package var states: [LinkState] = []
    /// Keys; all of them have to be there.
    package var fields: [ReportField] = []
    /// Asked for at or after this.
    package var since: Timestamp?
    /// Asked for before this.
    package var until: Timestamp?
    /// Only links with smaller IDs: the end of the previous page.
    package var before: LinkID?
    /// Most rows; nil for all.
    package var limit: Int?

    package init() {}
}

/// A report that arrived for a link.
package struct LinkArrival: Sendable, Equatable {
    package let type: String
    package let deliveryID: DeliveryID
    package let receivedAt: Timestamp
}

/// A link with the reports that arrived for it and those that are missing.
package struct LinkProgress: Sendable, Equatable {
    package let link: Link
    /// Oldest first; the newest `arrivalLimit` if there are more.
    package let arrivals: [LinkArrival]
    /// Expectations that no report meets yet.
    package let missing: [LinkExpectation]

    /// Most arrivals that are read for one link.
    package static let arrivalLimit = 1000

    /// Whether something is still to come: an expectation, or anything at all if none is known.
    package var isPending: Bool {
        link.state.isPending && (link.order.expectations.isEmpty ? arrivals.isEmpty : !missing.isEmpty)
    }
}

extension ArchiveReader {
    /// Whether a link has this key: what refers to it is more than a stranger's request.
    package func hasLink(withKey field: ReportField) throws -> Bool {
        try read { db in
            try Bool.fetchOne(
                db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM linkKey WHERE name = ? AND value = ?)"),
                arguments: [field.name.bindable, field.value.bindable]) ?? false
        }
    }

    /// Links, newest first.
    package func links(matching filter: LinkFilter) throws -> [Link] {
        try read { db in
            var conditions = ["TRUE"]
            var arguments = StatementArguments()
            func anyOf(_ column: String, _ values: [String]) {
                guard !values.isEmpty else { return }
                conditions.append("\(column) IN (\(values.map { _ in "?" }.joined(separator: ", ")))")
                arguments += StatementArguments(values.map(\.bindable))
            }
            anyOf("provider", filter.providers)
            anyOf("state", filter.states.map(\.rawValue))
            for field in filter.fields {
                conditions.append("id IN (SELECT linkId FROM linkKey WHERE name = ? AND value = ?)")
                arguments += [field.name.bindable, field.value.bindable]
            }
            func bound(_ sql: String, _ value: Int64?) {
                guard let value else { return }
                conditions.append(sql)
                arguments += [value]
            }
            bound("createdAtMilliseconds >= ?", filter.since?.millisecondsSinceEpoch)
            bound("createdAtMilliseconds < ?", filter.until?.millisecondsSinceEpoch)
            bound("id < ?", filter.before?.rawValue)
            arguments += [filter.limit ?? -1]
            return try Row.fetchAll(
                db,
                sql: "\(Link.select) WHERE \(conditions.joined(separator: " AND ")) ORDER BY id DESC LIMIT ?",
                arguments: arguments
            ).map { try Link($0, db) }
        }
    }

    /// A link by its number.
    package func link(_ id: LinkID) throws -> Link? {
        var filter = LinkFilter()
        // Numbers beyond any that was given name none.
        guard id.rawValue > 0, id.rawValue < .max else { return nil }
        filter.before = LinkID(rawValue: id.rawValue + 1)
        filter.limit = 1
        return try links(matching: filter).first { $0.id == id }
    }

    /// What came for a link: reports of its provider that have one of its keys. Where the provider's answer was lost and
    /// there is no key, its externalInfo has to do, every leaf of it.
    package func progress(of link: Link) throws -> LinkProgress {
        var arrivals: [ReportID: LinkArrival] = [:]
        var met: Set<LinkExpectation> = []
        for fields in link.correlations {
            try forEachReport(matching: filter(link, fields)) { report in
                arrivals[report.reportID] = LinkArrival(
                    type: report.type, deliveryID: report.deliveryID, receivedAt: report.receivedAt)
            }
            for expectation in link.order.expectations where !met.contains(expectation) {
                var filter = filter(link, fields + (expectation.field.map { [$0] } ?? []))
                filter.types = [expectation.type]
                filter.limit = 1
                if !(try reports(matching: filter).isEmpty) { met.insert(expectation) }
            }
        }
        return LinkProgress(
            link: link,
            arrivals: arrivals.sorted { $0.key.rawValue < $1.key.rawValue }.map(\.value),
            missing: link.order.expectations.filter { !met.contains($0) })
    }

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
    /// The groups of fields, each of which a report may have to be about this link. Leaves of externalInfo may be shared by
    /// several links, so they count only together, and only where the provider's own keys are not known.
    fileprivate var correlations: [[ReportField]] {
        let own = order.keys.filter { !$0.name.hasPrefix("externalInfo.") }
        if !own.isEmpty { return own.map { [$0] } }
        return order.keys.isEmpty ? [] : [order.keys]
    }
}
