package import Deliveries
internal import GRDB

extension ArchiveReader {
    /// The maximum number of reports to read when searching for the latest report of a link, case or person.
    private static let subjectReportLimit = 10_000

    /// The latest report before this one that has the same type, the same link, case or person, and an unpruned body.
    /// Compares the provider's times. A report without a provider's time is compared by its arrival time.
    package func previous(
        to delivered: DeliveredReport, identities: [IdentityFamily]
    ) throws -> ReportSummary? {
        try latest(like: [delivered], identities) { other, report in !other.isBodyPruned && other.isBefore(report) }
    }

    /// The delivery with the newest report of the same type and the same link, case or person. Nil if no such report is
    /// newer than the reports of delivery `id`.
    package func newerReport(
        than id: DeliveryID, identities: [IdentityFamily]
    ) throws -> DeliveryID? {
        try latest(like: try reports(of: id), identities) { other, report in other.time > report.time }?.deliveryID
    }

    private func latest(
        like delivered: [DeliveredReport], _ identities: [IdentityFamily],
        where isWanted: (_ other: ReportSummary, _ report: ReportSummary) -> Bool
    ) throws -> ReportSummary? {
        for subject in ReportSubject.allCases {
            var latest: ReportSummary?
            for brought in delivered {
                for field in brought.fields(in: identities.identifying(subject)) {
                    var filter = ReportFilter()
                    filter.fields = [field]
                    filter.types = [brought.report.type]
                    filter.providers = [brought.report.provider]
                    filter.limit = Self.subjectReportLimit
                    try forEachReport(matching: filter) { other in
                        guard other.reportID != brought.report.reportID, isWanted(other, brought.report),
                            latest.map({ $0.isBefore(other) }) ?? true
                        else { return }
                        latest = other
                    }
                }
            }
            if let latest { return latest }
        }
        return nil
    }

    /// The fields that have one of these names, by report.
    package func fields(
        named names: [String], of reports: Set<ReportID>
    ) throws -> [ReportID: [ReportField]] {
        var fields: [ReportID: [ReportField]] = [:]
        for (segment, reports) in Dictionary(grouping: reports, by: { ArrivalID(rawValue: $0.rawValue).segment }) {
            let found = try read { try Self.fields(of: reports.map(\.rawValue), in: segment, named: names, $0) }
            for (report, values) in found { fields[ReportID(rawValue: report)] = values }
        }
        return fields
    }
}

extension ReportSummary {
    /// The provider's time or, if there is none, the arrival time.
    package var time: Timestamp {
        providerTime ?? receivedAt
    }

    /// True if this report is earlier than `other`. If their times are equal, compares their order of arrival.
    package func isBefore(_ other: ReportSummary) -> Bool {
        (time, reportID.rawValue) < (other.time, other.reportID.rawValue)
    }
}

extension DeliveredReport {
    /// The fields that belong to one of these families.
    package func fields(in families: [IdentityFamily]) -> [ReportField] {
        fields.filter { families.family(of: $0, api: report.provider) != nil }
    }
}
