internal import Crypto
internal import Deliveries
internal import GRDB
internal import Synchronization

/// Deliveries as the projection's tables take them, written in parts.
///
/// ```
/// identities, in order of key ─▶ reports and attempts, in order of arrival ─▶ fields, in order of key ─▶ cursor
/// ```
/// The cursor moves with the last part, and queries read nothing beyond it. A batch that a crash or an error cut off is written
/// again from its start: every part leaves what it finds done as it is.
final class ProjectionBatch: Sendable {
    private struct Entry: Sendable {
        let id: ArrivalID
        let report: RoutedReport
        let source: String
        let identity: [UInt8]
        /// Where the report arrived first: here, until an earlier arrival is found.
        var first: ArrivalID
    }

    /// A field of an entry, ready for the index but for the number of its name.
    private struct FieldRow: Sendable {
        let entry: Int
        let id: ArrivalID
        let name: String
        let value: FieldValue

        /// Rows that lie beside each other in the index stand beside each other.
        func precedes(_ other: FieldRow) -> Bool {
            if id.segment != other.id.segment { return id.segment < other.id.segment }
            if name != other.name { return name < other.name }
            return value == other.value ? id < other.id : value < other.value
        }
    }

    private enum Phase {
        case identities
        case reports
        case fields
        case cursor
        case done
    }

    private struct State {
        var entries: [Entry]
        /// Positions in `entries`, in order of their keys.
        var byIdentity: [Int]
        let fields: [FieldRow]
        var names = ProjectionNames()
        var phase = Phase.identities
        /// Where in its phase the work is.
        var position = 0
    }

    /// The delivery after which this batch begins.
    private let previous: Int64
    private let last: Int64
    private let spans: [TimeSpan]
    private let state: Mutex<State>

    /// - Parameter previous: where the cursor stands.
    init(_ deliveries: [ProjectedDelivery], after previous: Int64) {
        self.previous = previous
        self.last = deliveries.last?.id.rawValue ?? previous
        self.spans = TimeSpan.spans(of: deliveries)
        let entries = deliveries.flatMap { delivery in
            delivery.reports.prefix(ArrivalID.ordinalLimit).enumerated().map { position, report in
                let id = ArrivalID(delivery.id.rawValue, position + 1)
                return Entry(
                    id: id, report: report, source: delivery.source,
                    identity: Self.identity(delivery.source, report.content.dedupeKey), first: id)
            }
        }
        let order = entries.indices.sorted { one, other in
            let keys = (entries[one].identity, entries[other].identity)
            return keys.0 == keys.1 ? one < other : keys.0.lexicographicallyPrecedes(keys.1)
        }
        var fields: [FieldRow] = []
        for (index, entry) in entries.enumerated() {
            for field in entry.report.content.fields {
                fields.append(FieldRow(entry: index, id: entry.id, name: field.name, value: FieldValue(field.value)))
            }
        }
        fields.sort { $0.precedes($1) }
        self.state = Mutex(State(entries: entries, byIdentity: order, fields: fields))
    }

    /// Deliveries of this batch that brought a report again, with the delivery that brought it first.
    var repeats: [BodyRepeat] {
        state.withLock { state in
            state.entries.compactMap { entry in
                guard entry.first.deliveryID < entry.id.deliveryID else { return nil }
                return BodyRepeat(later: entry.id.deliveryID, first: entry.first)
            }
        }
    }

    /// What a report of a source is known by when it comes again: twelve bytes, so that two never share them by chance.
    static func identity(_ source: String, _ dedupeKey: String) -> [UInt8] {
        Array(SHA256.hash(data: Array(source.utf8) + [0] + Array(dedupeKey.utf8)).prefix(12))
    }

    /// Writes what it can before the part has to end. A batch that does not follow the cursor is left out, for then the tables
    /// were emptied for a rebuild meanwhile.
    func writePart(_ db: Database, _ end: PartEnd) throws -> WriterJob.Progress {
        try state.withLock { state in
            var isObsolete = false
            try db.inTransaction(.immediate) {
                guard try ProjectionTables.cursor(db) == previous else {
                    isObsolete = true
                    return .rollback
                }
                repeat { try writeNext(&state, db) } while state.phase != .done && !end.hasCome
                return .commit
            }
            return isObsolete || state.phase == .done ? .finished : .unfinished
        }
    }

    private func writeNext(_ state: inout State, _ db: Database) throws {
        let count: Int
        switch state.phase {
        case .identities:
            count = state.byIdentity.count
            if state.position < count { try findFirst(&state.entries[state.byIdentity[state.position]], db) }
        case .reports:
            count = state.entries.count
            if state.position < count { try write(&state.entries[state.position], &state.names, db) }
        case .fields:
            count = state.fields.count
            if state.position < count {
                let field = state.fields[state.position]
                // A report that came before has its fields.
                if state.entries[field.entry].first == field.id {
                    let nameID = try state.names.fieldNameID(field.name, db)
                    try ProjectionRows.insertField(nameID, field.value, of: field.id, db)
                }
            }
        case .cursor:
            count = 0
            for span in spans { try span.write(db) }
            try ProjectionTables.moveCursor(to: last, db)
        case .done: return
        }
        state.position += 1
        guard state.position >= count else { return }
        state.position = 0
        switch state.phase {
        case .identities: state.phase = .reports
        case .reports: state.phase = .fields
        case .fields: state.phase = .cursor
        case .cursor, .done: state.phase = .done
        }
    }

    private func findFirst(_ entry: inout Entry, _ db: Database) throws {
        entry.first = try ProjectionRows.firstArrival(of: entry.identity, here: entry.id, db)
    }

    private func write(_ entry: inout Entry, _ names: inout ProjectionNames, _ db: Database) throws {
        if entry.first != entry.id {
            if try ProjectionRows.recordRepeat(entry.id, of: entry.first, db) { return }
            // The key was written by a batch that was cut off, and its report never came; or this batch has mended that.
            if let known = try ProjectionRows.knownArrival(of: entry.identity, db), known != entry.first,
                known != entry.id,
                try ProjectionRows.recordRepeat(entry.id, of: known, db)
            {
                entry.first = known
                return
            }
            try ProjectionRows.setFirstArrival(of: entry.identity, entry.id, db)
            entry.first = entry.id
        }
        let content = entry.report.content
        let categoryID = try names.categoryID(entry.source, content, entry.report.route, db)
        try ProjectionRows.insertReport(entry.id, categoryID, content, db)
    }
}
