internal import GRDB
internal import Synchronization

/// Empties the projection's tables in parts, before they are filled again from the journal.
///
/// What deliveries said whose bodies were pruned stays: nothing could say it again. When a crash cuts it off it is begun anew.
final class ProjectionClearing: Sendable {
    /// Rows looked at in one statement.
    private static let rowCount = 256

    /// A table in the order of its key.
    private struct Table {
        let name: String
        /// The columns of its key.
        let key: [String]
        /// The delivery that a row comes from.
        let delivery: String
    }

    /// Children first.
    private static let tables = [
        Table(name: "field", key: ["segment", "nameId", "value", "reportId"], delivery: "reportId >> 20"),
        Table(name: "attempt", key: ["id"], delivery: "id >> 20"),
        Table(name: "identity", key: ["key"], delivery: "reportId >> 20"),
        Table(name: "report", key: ["id"], delivery: "id >> 20"),
        Table(name: "span", key: ["id"], delivery: "-1"),
    ]

    private struct State {
        var table = 0
        /// The key of the row looked at last.
        var last: [DatabaseValue]?
    }

    private let state = Mutex(State())

    /// Empties what it can before the part has to end; the cursor goes to the start with the last one.
    func clearPart(_ db: Database, _ end: PartEnd) throws -> WriterJob.Progress {
        try state.withLock { state in
            var progress = WriterJob.Progress.unfinished
            try db.inTransaction(.immediate) {
                guard try ProjectionTables.cursor(db) == ProjectionTables.isBeingEmptied else {
                    progress = .finished
                    return .rollback
                }
                repeat {
                    if state.table < Self.tables.count {
                        try Self.clearSome(&state, db)
                    } else {
                        try ProjectionTables.moveCursor(to: 0, db)
                        progress = .finished
                    }
                } while progress == .unfinished && !end.hasCome
                return .commit
            }
            return progress
        }
    }

    private static func clearSome(_ state: inout State, _ db: Database) throws {
        let table = tables[state.table]
        let key = table.key.joined(separator: ", ")
        let marks = table.key.map { _ in "?" }.joined(separator: ", ")
        let after = state.last == nil ? "" : "WHERE (\(key)) > (\(marks))"
        let end = try Row.fetchOne(
            db,
            sql: """
                SELECT \(key) FROM (SELECT \(key) FROM \(table.name) \(after) ORDER BY \(key) LIMIT \(rowCount))
                ORDER BY \(table.key.map { "\($0) DESC" }.joined(separator: ", ")) LIMIT 1
                """, arguments: StatementArguments(state.last ?? []))
        guard let end else {
            state = State(table: state.table + 1)
            return
        }
        let last = Array(end.databaseValues)
        let range = state.last == nil ? "" : "(\(key)) > (\(marks)) AND "
        let bounds = StatementArguments((state.last ?? []) + last)
        let isKept = "EXISTS (SELECT 1 FROM body WHERE body.journalId = \(table.delivery) AND body.encoding = 'gone')"
        try db.execute(
            sql: "DELETE FROM \(table.name) WHERE \(range)(\(key)) <= (\(marks)) AND NOT \(isKept)", arguments: bounds)
        if table.name == "report" {
            // Of what stays, those arrivals count that stay as well; the others are counted anew.
            try db.execute(
                sql: """
                    UPDATE report SET
                        attemptCount = 1 + (SELECT count(*) FROM attempt WHERE attempt.reportId = report.id),
                        lastJournalId = (SELECT max(attempt.id) >> 20 FROM attempt WHERE attempt.reportId = report.id)
                    WHERE \(range)(\(key)) <= (\(marks))
                    """, arguments: bounds)
        }
        state.last = last
    }
}
