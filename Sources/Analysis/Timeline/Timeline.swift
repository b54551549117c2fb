package import Deliveries
internal import Journal
package import Providers
package import ReportIndex

/// The reports about one link, case or person, in order of the provider's time.
package struct Timeline {
    package let entries: [TimelineEntry]
    /// Its links in the archive, oldest first.
    package let links: [LinkProgress]
    /// Why there may be more; nil where this is all.
    package let shortcoming: String?

    /// The last entry of each type and subject, in order.
    package var current: [TimelineEntry] {
        struct Key: Hashable {
            package let provider: String
            package let type: String
            package let subject: String
        }
        var last: [Key: Int] = [:]
        for (index, entry) in entries.enumerated() {
            let report = entry.report
            last[Key(provider: report.provider, type: report.type, subject: entry.subject?.value ?? "")] = index
        }
        return last.values.sorted().map { entries[$0] }
    }

    /// Links for which something is still to come.
    package var pending: [LinkProgress] {
        links.filter(\.isPending)
    }
}

/// A report on a timeline, with what it says of itself in a word.
package struct TimelineEntry {
    package let report: ReportSummary
    /// The fields that give a state, the most specific first.
    package let states: [ReportField]
    /// The first of its identifiers.
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

    /// From the provider's time to the arrival; nil where the provider gives none.
    package var delayMilliseconds: Int64? {
        report.providerTime.map { report.receivedAt.milliseconds(since: $0) }
    }

    /// As `list` writes it.
    package var number: String {
        report.ordinal == 1 ? "\(report.deliveryID)" : "\(report.deliveryID).\(report.ordinal)"
    }
}
