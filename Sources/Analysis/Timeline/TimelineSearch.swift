internal import Deliveries
internal import Journal
package import Providers
package import ReportIndex

/// Follows identifiers from reports to other reports. The numbers of rounds, reports and identifiers are limited,
/// because an identifier that many reports share could lead to the whole archive.
package struct TimelineSearch {
    package static let reportLimit = 10_000
    static let roundLimit = 2
    static let identityLimit = 500
    static let linkLimit = 50

    private let reader: ArchiveReader
    private let providers: ProviderCatalog
    private var reports: [ReportID: ReportSummary] = [:]
    private var fields: [ReportID: [ReportField]] = [:]
    private var identities: [TimelineIdentity] = []
    private var known: Set<TimelineIdentity> = []
    private var shortcoming: String?

    package init(_ reader: ArchiveReader, providers: ProviderCatalog) {
        self.reader = reader
        self.providers = providers
    }

    /// - Parameter filters: the search starts with the reports that match at least one of these filters.
    package mutating func run(from filters: [ReportFilter]) throws -> Timeline {
        for filter in filters { try add(matching: filter) }
        return try expanded()
    }

    /// Searches, starting with the reports of one delivery.
    package mutating func run(from delivered: [DeliveredReport]) throws -> Timeline {
        for brought in delivered { reports[brought.report.reportID] = brought.report }
        return try expanded()
    }

    private mutating func expanded() throws -> Timeline {
        var fresh = try identify(Set(reports.keys))
        for _ in 0..<Self.roundLimit where !fresh.isEmpty {
            let before = Set(reports.keys)
            for identity in fresh {
                for filter in identity.filters { try add(matching: filter) }
            }
            fresh = try identify(Set(reports.keys).subtracting(before))
        }
        if !fresh.isEmpty, shortcoming == nil {
            shortcoming = "more reports may be connected; run timeline with the ID of a shown report"
        }
        return Timeline(
            entries: reports.values.sorted { $0.isBefore($1) }.map { report in
                TimelineEntry(report, fields: fields[report.reportID] ?? [], providers: providers)
            },
            links: try links(), shortcoming: shortcoming)
    }

    private mutating func add(matching filter: ReportFilter) throws {
        var filter = filter
        filter.limit = Self.reportLimit + 1
        var found = reports
        var isFull = false
        try reader.forEachReport(matching: filter) { report in
            guard found[report.reportID] == nil else { return }
            if found.count < Self.reportLimit { found[report.reportID] = report } else { isFull = true }
        }
        reports = found
        if isFull { shortcoming = "more than \(Self.reportLimit) reports match; the rest is not shown" }
    }

    /// Reads the identifiers of reports.
    ///
    /// - Returns: the identifiers that were not known before.
    private mutating func identify(_ ids: Set<ReportID>) throws -> [TimelineIdentity] {
        let found = try reader.fields(
            named: (providers.identities.flatMap(\.fieldNames) + providers.stateFields).uniqued(), of: ids)
        fields.merge(found) { $1 }
        var fresh: [TimelineIdentity] = []
        for id in ids.sorted(by: { $0.rawValue < $1.rawValue }) {
            for field in fields[id] ?? [] {
                let api = reports[id]?.provider ?? ""
                guard let identity = TimelineIdentity(field, api: api, in: providers.identities),
                    !known.contains(identity)
                else { continue }
                guard known.count < Self.identityLimit else {
                    shortcoming = "more than \(Self.identityLimit) identifiers match; the rest was not followed"
                    return fresh
                }
                known.insert(identity)
                fresh.append(identity)
                identities.append(identity)
            }
        }
        return fresh
    }

    private func links() throws -> [LinkProgress] {
        var links: [LinkID: Link] = [:]
        for field in identities.flatMap(\.fields) where links.count < Self.linkLimit {
            var filter = LinkFilter()
            filter.fields = [field]
            filter.limit = Self.linkLimit
            for link in try reader.links(matching: filter) { links[link.id] = link }
        }
        var progress: [LinkProgress] = []
        for link in links.values.sorted(by: { $0.id.rawValue < $1.id.rawValue }).prefix(Self.linkLimit) {
            progress.append(try reader.progress(of: link))
        }
        return progress
    }
}
