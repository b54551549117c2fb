package import Deliveries
internal import GRDB

extension ArchiveReader {
    /// Most reports of one subject that are read to find the latest.
    private static let subjectReportLimit = 10_000

    /// The latest report before this one of the same link, case or person and the same type whose body is kept, by the provider's
    /// time if it has one.
    package func previous(
        to delivered: DeliveredReport, identities: [IdentityFamily]
    ) throws -> ReportSummary? {
        try latest(like: [delivered], identities) { other, report in !other.isBodyPruned && other.isBefore(report) }
    }

    /// The newest report of the same link, case or person and the same type, if it is newer than what this delivery brought.
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

    /// Fields with these names, by report. The index has no order by report, so each segment's part for a name is gone through
    /// once, whatever the number of reports in it.
    package func fields(
        named names: [String], of reports: Set<ReportID>
    ) throws -> [ReportID: [ReportField]] {
        let bySegment = Dictionary(grouping: reports) { ArrivalID(rawValue: $0.rawValue).segment }
        var fields: [ReportID: [ReportField]] = [:]
        for (segment, reports) in bySegment {
            // SQLite leaves out the others: most of a segment's rows are not wanted.
            let list = reports.map { String($0.rawValue) }.joined(separator: ",")
            try read { db in
                let rows = try db.makeStatement(
                    sql: """
                        SELECT reportId, value FROM field
                        WHERE segment = ? AND nameId = (SELECT id FROM fieldName WHERE name = ?) AND +reportId IN (\(list))
                        """)
                for name in names {
                    let cursor = try Row.fetchCursor(rows, arguments: [segment, name.bindable])
                    while let row = try cursor.next() {
                        let value: DatabaseValue = try row.decode(atIndex: 1)
                        guard let text = FieldValue(value)?.text else { continue }
                        fields[ReportID(rawValue: try row.decode(atIndex: 0)), default: []].append(
                            ReportField(name, text))
                    }
                }
            }
        }
        return fields
    }
}

extension ReportSummary {
    /// The provider's time, or that of the arrival.
    package var time: Timestamp {
        providerTime ?? receivedAt
    }

    /// By time, then by arrival.
    package func isBefore(_ other: ReportSummary) -> Bool {
        (time, reportID.rawValue) < (other.time, other.reportID.rawValue)
    }
}

extension DeliveredReport {
    /// Its fields that belong to one of these families.
    package func fields(in families: [IdentityFamily]) -> [ReportField] {
        fields.filter { families.family(of: $0, api: report.provider) != nil }
    }
}
