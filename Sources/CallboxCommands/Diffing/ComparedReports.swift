internal import Deliveries
internal import Journal
internal import ReportIndex
internal import StrictJSON
internal import TerminalOutput

/// Two reports that are to be compared, with what speaks against it.
struct ComparedReports {
    struct Side {
        let id: DeliveryID
        /// The report's place, where it is one among several.
        let ordinal: Int?
        let reports: [DeliveredReport]
        let value: JSONValue

        /// `41`, `41.2`.
        var label: String {
            ordinal.map { "\(id).\($0)" } ?? "\(id)"
        }

        /// Those that are compared.
        var compared: [DeliveredReport] {
            reports.filter { ordinal == nil || $0.report.ordinal == ordinal }
        }
    }

    let older: Side
    let newer: Side

    /// - Parameters:
    ///   - older: a number, or `latest`.
    ///   - newer: nil where the first is to be compared with the one before it.
    static func find(
        older first: String, newer second: String?, in reader: ArchiveReader
    ) throws(CommandFailure) -> ComparedReports {
        let reference = try ReportReference(first, in: reader)
        if let second {
            let other = try ReportReference(second, in: reader)
            return ComparedReports(older: try side(reference, reader), newer: try side(other, reader))
        }
        let newer = try side(reference, reader)
        for brought in newer.compared {
            let previous = try reading { () throws(ArchiveReadFailure) in try reader.previous(to: brought) }
            guard let previous else { continue }
            let ordinal = previous.ordinal > 1 || newer.ordinal != nil ? previous.ordinal : nil
            let older = try side(ReportReference(id: previous.deliveryID, ordinal: ordinal), reader)
            return ComparedReports(older: older, newer: newer)
        }
        throw CommandFailure(
            .missingInput, "there is none before \(newer.label) of the same link, case or person and the same type",
            advice: "Name two reports: callbox diff OLDER NEWER. 'callbox timeline \(newer.id)' shows what there is.")
    }

    private static func side(_ reference: ReportReference, _ reader: ArchiveReader) throws(CommandFailure) -> Side {
        let id = reference.id
        let (delivery, reports) = try readingForComparison(id) { () throws(ArchiveReadFailure) in
            (try reader.delivery(id), try reader.reports(of: id))
        }
        guard let delivery else {
            // Not 1, which means that something differs.
            throw CommandFailure(
                .missingInput, "there is no delivery \(id) in this archive", advice: "'callbox list' gives the numbers."
            )
        }
        let document: JSONDocument
        do throws(JSONSyntaxError) {
            document = try JSONDocument(parsing: delivery.request.body)
        } catch {
            throw CommandFailure(
                .damagedData, "the body of delivery \(id) is not JSON: \(error)",
                advice: "'callbox show \(id) --body' writes it as it is, for another program to compare.")
        }
        guard let ordinal = reference.ordinal else {
            return Side(id: id, ordinal: nil, reports: reports, value: document.root)
        }
        guard reports.contains(where: { $0.report.ordinal == ordinal }) || ordinal == 1 else {
            throw CommandFailure(
                .missingInput, "delivery \(id) has no report \(ordinal)", advice: "'callbox list' gives the numbers.")
        }
        // Reports are the elements of an array, or there is one alone.
        let element = document.root.elements.dropFirst(ordinal - 1).first { _ in true }
        return Side(id: id, ordinal: ordinal, reports: reports, value: element ?? document.root)
    }

    var providers: Set<String> {
        Set((older.compared + newer.compared).map(\.report.provider))
    }

    var warnings: [String] {
        var warnings: [String] = []
        let types = [older, newer].map { Set($0.compared.map(\.report.type)) }
        if types[0].isDisjoint(with: types[1]) {
            let words = types.map { TerminalText.escape($0.sorted().prefix(3).joined(separator: ", ")) }
            warnings.append("these are of different types: \(words[0]) and \(words[1])")
        }
        let subjects = [older, newer].map { side in
            Set(side.compared.flatMap { $0.identifyingFields.map(\.value) })
        }
        if !subjects[0].isEmpty, !subjects[1].isEmpty, subjects[0].isDisjoint(with: subjects[1]) {
            warnings.append("these are not of the same link, case or person")
        }
        return warnings
    }
}

/// A report on the command line: `41`, `41.2`, `latest`.
struct ReportReference {
    let id: DeliveryID
    let ordinal: Int?

    init(id: DeliveryID, ordinal: Int?) {
        self.id = id
        self.ordinal = ordinal
    }

    init(_ text: String, in reader: ArchiveReader) throws(CommandFailure) {
        guard text != "latest" else {
            var filter = ReportFilter()
            filter.limit = 1
            let newest = try reading { () throws(ArchiveReadFailure) in try reader.reports(matching: filter).first }
            guard let newest else {
                throw CommandFailure(.missingInput, "the archive holds no report", advice: "Wait for one to arrive.")
            }
            self.init(id: newest.deliveryID, ordinal: newest.ordinal > 1 ? newest.ordinal : nil)
            return
        }
        let number = try ReportNumber(argument: text)
        self.init(id: number.delivery, ordinal: number.ordinal)
    }
}

/// Reads for a comparison, whose exit status 1 means that something differs and nothing else.
private func readingForComparison<Value>(
    _ id: DeliveryID, _ work: () throws(ArchiveReadFailure) -> Value
) throws(CommandFailure) -> Value {
    do throws(CommandFailure) {
        return try reading(work)
    } catch {
        guard error.status == .negative else { throw error }
        throw CommandFailure(.missingInput, error.message, advice: error.advice)
    }
}
