internal import Crypto
internal import Deliveries
internal import GRDB
internal import Journal

/// The rows of neighbouring entries, written in one transaction.
///
/// ```
/// deliveries ▸ identities, in order of key ▸ reports and attempts, in order of arrival ▸ fields, in order of key ▸ records ▸ cursor
/// ```
/// Rows go in the order of their keys, so that each page of a table is changed once.
struct IndexBatch {
    /// A record and its position.
    struct PositionedRecord {
        let position: Int64
        let recordedAt: Timestamp
        let record: JournalRecord
        /// The position of the delivery that a promotion names; nil when it was removed.
        let promoted: Int64?
    }

    /// A repeat that takes the place of a report whose first arrival is removed.
    struct Successor {
        let id: ArrivalID
        /// The report that is removed.
        let of: ArrivalID
        let report: RoutedReport
        let source: String
    }

    private struct Entry {
        let id: ArrivalID
        let report: RoutedReport
        let source: String
        let identity: [UInt8]
        /// The report's first arrival: this one, until an earlier one is found.
        var first: ArrivalID
    }

    /// A field of an entry; the number of its name is not known yet.
    private struct FieldRow {
        let entry: Int
        let id: ArrivalID
        let name: ByteText
        let value: FieldValue

        /// Rows that are neighbours in the table are neighbours here.
        func precedes(_ other: FieldRow) -> Bool {
            if id.segment != other.id.segment { return id.segment < other.id.segment }
            if name != other.name { return name < other.name }
            return value == other.value ? id < other.id : value < other.value
        }
    }

    let deliveries: [IndexedDelivery]
    let records: [PositionedRecord]
    var successors: [Successor] = []
    /// The end of the batch.
    let end: ChainMark

    /// Writes everything inside a transaction that the caller began.
    func write(_ names: inout IndexNames, _ db: Database) throws {
        for delivery in deliveries { try IndexRows.insert(delivery, db) }
        var entries = deliveries.flatMap { delivery in
            delivery.reports.prefix(ArrivalID.ordinalLimit).enumerated().map { place, report in
                let id = ArrivalID(delivery.id.rawValue, place + 1)
                return Entry(
                    id: id, report: report, source: delivery.source,
                    identity: Self.identity(delivery.source, report.content.dedupeKey), first: id)
            }
        }
        let byIdentity = entries.indices.sorted { one, other in
            let (left, right) = (entries[one].identity, entries[other].identity)
            return left == right ? one < other : left.lexicographicallyPrecedes(right)
        }
        for index in byIdentity {
            entries[index].first = try IndexRows.firstArrival(of: entries[index].identity, here: entries[index].id, db)
        }
        for index in entries.indices { try write(&entries[index], &names, db) }
        for field in Self.fields(of: entries) {
            let nameID = try names.fieldNameID(field.name, db)
            try IndexRows.insertField(nameID, field.value, of: field.id, db)
        }
        for span in TimeSpan.spans(of: deliveries) { try span.write(db) }
        for record in records { try RecordReducer.apply(record, db) }
        for successor in successors { try write(successor, &names, db) }
        try IndexState.moveCursor(to: end, db)
        try IndexState.forgetCrashes(db)
    }

    /// What a report of a source is recognised by when it arrives again: twelve bytes, enough that two never share them by chance.
    static func identity(_ source: String, _ dedupeKey: String) -> [UInt8] {
        Array(SHA256.hash(data: Array(source.utf8) + [0] + Array(dedupeKey.utf8)).prefix(12))
    }

    private func write(_ entry: inout Entry, _ names: inout IndexNames, _ db: Database) throws {
        if entry.first != entry.id {
            if try IndexRows.recordRepeat(entry.id, of: entry.first, db) { return }
            // The report of the first arrival was removed. This one is the first now, or one before it in this batch.
            let first = try IndexRows.firstArrival(of: entry.identity, here: entry.id, db)
            if first != entry.first, try IndexRows.recordRepeat(entry.id, of: first, db) { return }
            try IndexRows.setFirstArrival(of: entry.identity, entry.id, db)
            entry.first = entry.id
        }
        let content = entry.report.content
        let categoryID = try names.categoryID(entry.source, content, entry.report.route, db)
        try IndexRows.insertReport(entry.id, categoryID, content, db)
    }

    private func write(_ successor: Successor, _ names: inout IndexNames, _ db: Database) throws {
        let content = successor.report.content
        let categoryID = try names.categoryID(successor.source, content, successor.report.route, db)
        try IndexRows.insertReport(successor.id, categoryID, content, db)
        try IndexRows.moveRepeats(of: successor.of, to: successor.id, db)
        for field in content.fields {
            let nameID = try names.fieldNameID(ByteText(field.name.bindable), db)
            try IndexRows.insertField(nameID, FieldValue(field.value), of: successor.id, db)
        }
        try IndexRows.setFirstArrival(
            of: Self.identity(successor.source, content.dedupeKey), successor.id, db)
    }

    /// The fields of first arrivals; later arrivals have the same.
    private static func fields(of entries: [Entry]) -> [FieldRow] {
        var fields: [FieldRow] = []
        for (index, entry) in entries.enumerated() where entry.first == entry.id {
            for field in entry.report.content.fields {
                fields.append(
                    FieldRow(
                        entry: index, id: entry.id, name: ByteText(field.name.bindable), value: FieldValue(field.value))
                )
            }
        }
        return fields.sorted { $0.precedes($1) }
    }
}
