internal import Crypto
internal import Deliveries
internal import GRDB
internal import Journal

/// The rows of neighbouring entries, written in one transaction.
///
/// ```
/// deliveries ▸ identities, sorted ▸ reports and attempts, by arrival ▸ fields, sorted ▸ spans ▸ records ▸ cursor
/// ```
/// Rows are written in key order, so each page of a table is changed once.
struct IndexBatch {
    struct PositionedRecord {
        let position: Int64
        let recordedAt: Timestamp
        let record: JournalRecord
        /// The delivery that a release record names; nil if that delivery was removed.
        let released: Int64?
    }

    /// A repeat that becomes the first arrival of a report when the previous first arrival is removed.
    struct Successor {
        let id: ArrivalID
        /// The ID of the removed report.
        let of: ArrivalID
        let report: RoutedReport
        let source: String
    }

    private struct Entry {
        let id: ArrivalID
        let report: RoutedReport
        let source: String
        let identity: [UInt8]
        /// The report's first arrival; equal to `id` unless an earlier arrival is found.
        var first: ArrivalID
    }

    private struct FieldRow {
        let id: ArrivalID
        let value: FieldValue
    }

    /// The sort key of a field. It contains no references, because a sort moves keys many times, and counting
    /// references is slow.
    private struct FieldKey {
        let segment: Int64
        let nameID: Int64
        let prefix: FieldValue.Prefix
        let place: Int

        func precedes(_ other: FieldKey, _ rows: [FieldRow]) -> Bool {
            if segment != other.segment { return segment < other.segment }
            if nameID != other.nameID { return nameID < other.nameID }
            if prefix != other.prefix { return prefix < other.prefix }
            let (value, otherValue) = (rows[place].value, rows[other.place].value)
            return value == otherValue ? rows[place].id < rows[other.place].id : value < otherValue
        }
    }

    let deliveries: [IndexedDelivery]
    let records: [PositionedRecord]
    var successors: [Successor] = []
    let end: ChainMark

    /// Writes the batch. The caller must have started the transaction.
    func write(_ names: inout IndexNames, _ pace: inout IndexPace, _ db: Database) throws {
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
            pace.restIfDue()
            entries[index].first = try IndexRows.firstArrival(of: entries[index].identity, here: entries[index].id, db)
        }
        for index in entries.indices {
            pace.restIfDue()
            try write(&entries[index], &names, db)
        }
        try writeFields(of: entries, &names, &pace, db)
        for span in TimeSpan.spans(of: deliveries) { try span.write(db) }
        for record in records { try RecordReducer.apply(record, db) }
        for successor in successors { try write(successor, &names, db) }
        try IndexState.moveCursor(to: end, db)
        try IndexState.forgetCrashes(db)
    }

    /// Identifies a report of a source if it arrives again. The identity has 12 bytes of SHA-256, so two reports
    /// practically never have the same identity.
    static func identity(_ source: String, _ dedupeKey: String) -> [UInt8] {
        Array(SHA256.hash(data: Array(source.utf8) + [0] + Array(dedupeKey.utf8)).prefix(12))
    }

    private func write(_ entry: inout Entry, _ names: inout IndexNames, _ db: Database) throws {
        if entry.first != entry.id {
            if try IndexRows.recordRepeat(entry.id, of: entry.first, db) { return }
            // The first arrival was removed. The new first arrival is either an earlier entry of this batch or this
            // entry.
            let first = try IndexRows.firstArrival(of: entry.identity, here: entry.id, db)
            if first != entry.first, try IndexRows.recordRepeat(entry.id, of: first, db) { return }
            try IndexRows.setFirstArrival(of: entry.identity, entry.id, db)
            entry.first = entry.id
        }
        try IndexRows.insert(entry.report, entry.source, entry.id, &names, db)
    }

    private func write(_ successor: Successor, _ names: inout IndexNames, _ db: Database) throws {
        try IndexRows.insert(successor.report, successor.source, successor.id, &names, db)
        try IndexRows.moveRepeats(of: successor.of, to: successor.id, db)
        let insert = try IndexRows.FieldInsert(db)
        for field in successor.report.content.fields {
            try insert.run(try names.fieldNameID(field.name, db), FieldValue(field.value), of: successor.id)
        }
        try IndexRows.setFirstArrival(
            of: Self.identity(successor.source, successor.report.content.dedupeKey), successor.id, db)
    }

    /// Writes the fields of first arrivals. The fields of repeats are not written, because they are the same as those
    /// of the first arrival.
    private func writeFields(
        of entries: [Entry], _ names: inout IndexNames, _ pace: inout IndexPace, _ db: Database
    ) throws {
        var rows: [FieldRow] = []
        var keys: [FieldKey] = []
        for entry in entries where entry.first == entry.id {
            for field in entry.report.content.fields {
                let value = FieldValue(field.value)
                let nameID = try names.fieldNameID(field.name, db)
                keys.append(
                    FieldKey(segment: entry.id.segment, nameID: nameID, prefix: value.prefix, place: rows.count))
                rows.append(FieldRow(id: entry.id, value: value))
            }
        }
        keys.sort { $0.precedes($1, rows) }
        let insert = try IndexRows.FieldInsert(db)
        for key in keys {
            pace.restIfDue()
            try insert.run(key.nameID, rows[key.place].value, of: rows[key.place].id)
        }
    }
}
