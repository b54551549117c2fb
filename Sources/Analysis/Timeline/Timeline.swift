package import Deliveries
internal import Journal
package import Providers
package import ReportIndex

/// The reports of one link, case or person, sorted by the provider's time.
package struct Timeline {
    package let entries: [TimelineEntry]
    /// The links, oldest first.
    package let links: [LinkProgress]
    /// The reason why reports may be missing; nil if no reports are missing.
    package let shortcoming: String?

    /// The last entry of each type and subject.
    package let current: [TimelineEntry]

    package init(entries: [TimelineEntry], links: [LinkProgress], shortcoming: String?) {
        self.init(
            entries: entries, links: links, shortcoming: shortcoming, current: Self.current(of: entries))
    }

    private init(entries: [TimelineEntry], links: [LinkProgress], shortcoming: String?, current: [TimelineEntry]) {
        self.entries = entries
        self.links = links
        self.shortcoming = shortcoming
        self.current = current
    }

    private static func current(of entries: [TimelineEntry]) -> [TimelineEntry] {
        struct Key: Hashable {
            let provider: String
            let type: String
            let subject: String
        }
        var last: [Key: Int] = [:]
        for (index, entry) in entries.enumerated() {
            let report = entry.report
            last[Key(provider: report.provider, type: report.type, subject: entry.subject?.value ?? "")] = index
        }
        return last.values.sorted().map { entries[$0] }
    }

    /// Keeps only the latest entries. `current` and the links remain unchanged.
    package func limited(to count: Int) -> Timeline {
        Timeline(entries: Array(entries.suffix(count)), links: links, shortcoming: shortcoming, current: current)
    }

    package var pending: [LinkProgress] {
        links.filter(\.isPending)
    }
}

/// A report on a timeline.
package struct TimelineEntry {
    package let report: ReportSummary
    /// The fields that contain a state, most specific first.
    package let states: [ReportField]
    /// The first identifying field of the report.
    package let subject: ReportField?

    package init(_ report: ReportSummary, fields: [ReportField], providers: ProviderCatalog) {
        self.report = report
        states = providers.stateFields.flatMap { name in fields.filter { $0.name == name } }
        subject =
            providers.identities.lazy.flatMap { family in
                family.fieldNames.lazy.compactMap { name in
                    fields.first { $0.name == name && family.contains($0, api: report.provider) }
                }
            }.first
    }

    /// The delay of the arrival after the provider's time, in milliseconds; nil if the report has no provider's time.
    package var delayMilliseconds: Int64? {
        report.providerTime.map { report.receivedAt.milliseconds(since: $0) }
    }
}
