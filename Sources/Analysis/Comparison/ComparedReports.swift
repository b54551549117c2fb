package import Deliveries
internal import Journal
package import ReportIndex
package import StrictJSON
internal import TextForms

/// Two reports to compare.
package struct ComparedReports {
    package struct Side {
        package let id: DeliveryID
        /// The number of the report in its delivery; nil for a whole body.
        package let ordinal: Int?
        package let reports: [DeliveredReport]
        package let value: JSONValue

        /// The ID as users enter it, such as `41` or `41.2`.
        package var label: String {
            ordinal.map { "\(id).\($0)" } ?? "\(id)"
        }

        package var compared: [DeliveredReport] {
            reports.filter { ordinal == nil || $0.report.ordinal == ordinal }
        }
    }

    package let older: Side
    package let newer: Side
    /// The fields that identify a link, case or person.
    private let identities: [IdentityFamily]

    /// Finds two reports.
    ///
    /// - Parameter second: the second report. If it is nil, `first` is compared with the previous report of the same
    ///   link, case or person.
    /// - Throws: `AnalysisError`, `ArchiveError`.
    package static func find(
        older first: ReportReference, newer second: ReportReference?, in reader: ArchiveReader,
        identities: [IdentityFamily]
    ) throws -> ComparedReports {
        if let second {
            return ComparedReports(
                older: try side(first, reader), newer: try side(second, reader), identities: identities)
        }
        let newer = try side(first, reader)
        for brought in newer.compared {
            guard let previous = try reader.previous(to: brought, identities: identities) else { continue }
            let ordinal = previous.ordinal > 1 || newer.ordinal != nil ? previous.ordinal : nil
            return ComparedReports(
                older: try side(.delivery(previous.deliveryID, ordinal: ordinal), reader), newer: newer,
                identities: identities)
        }
        throw AnalysisError.noEarlierReport(label: newer.label, newer.id)
    }

    private static func side(_ reference: ReportReference, _ reader: ArchiveReader) throws -> Side {
        let (id, ordinal) = try place(of: reference, reader)
        guard let delivery = try reader.delivery(id) else { throw AnalysisError.noDelivery(id) }
        let reports = try reader.reports(of: id)
        let document: JSONDocument
        let body = delivery.readableBody
        do throws(JSONSyntaxError) {
            document = try JSONDocument(parsing: body.bytes)
        } catch {
            throw AnalysisError.notJSON(id, reason: body.problem ?? "\(error)")
        }
        guard let ordinal else {
            return Side(id: id, ordinal: nil, reports: reports, value: document.root)
        }
        guard reports.contains(where: { $0.report.ordinal == ordinal }) || ordinal == 1 else {
            throw AnalysisError.noReport(id, ordinal: ordinal)
        }
        // The body may be a single report instead of an array of reports.
        let element = document.root.elements.dropFirst(ordinal - 1).first { _ in true }
        return Side(id: id, ordinal: ordinal, reports: reports, value: element ?? document.root)
    }

    private static func place(
        of reference: ReportReference, _ reader: ArchiveReader
    ) throws -> (DeliveryID, ordinal: Int?) {
        switch reference {
        case .delivery(let id, let ordinal): return (id, ordinal)
        case .latest:
            var filter = ReportFilter()
            filter.limit = 1
            guard let newest = try reader.reports(matching: filter).first else { throw AnalysisError.archiveIsEmpty }
            return (newest.deliveryID, newest.ordinal > 1 ? newest.ordinal : nil)
        }
    }

    package var providers: Set<String> {
        Set((older.compared + newer.compared).map(\.report.provider))
    }

    package var warnings: [String] {
        var warnings: [String] = []
        let types = [older, newer].map { Set($0.compared.map(\.report.type)) }
        if types[0].isDisjoint(with: types[1]) {
            let words = types.map { $0.sorted().prefix(3).joined(separator: ", ") }
            warnings.append("the reports have different types: \(words[0]) and \(words[1])")
        }
        let families = identities.filter { $0.subject != nil }
        let subjects = [older, newer].map { side in
            Set(side.compared.flatMap { $0.fields(in: families).map(\.value) })
        }
        if !subjects[0].isEmpty, !subjects[1].isEmpty, subjects[0].isDisjoint(with: subjects[1]) {
            warnings.append("the reports do not belong to the same link, case or person")
        }
        return warnings
    }
}

/// The argument that selects a report: an ID, or `latest`.
package enum ReportReference: Equatable {
    /// - Parameter ordinal: the number of the report, from 1; nil for the whole delivery.
    case delivery(DeliveryID, ordinal: Int?)
    case latest
}
