import GRDB

@testable import Journal
@testable import ReportIndex

/// Every row of an index, in a stable order.
struct IndexDump: Equatable {
    let rows: [String: [Row]]

    init(_ directory: ArchiveDirectory) throws {
        rows = try ArchiveReader(directory).read { db in
            var rows: [String: [Row]] = [:]
            for table in try String.fetchAll(
                db, sql: "SELECT name FROM main.sqlite_schema WHERE type = 'table' ORDER BY name")
            {
                // The IDs of field names depend on the batches, so the rows of these two tables are read with names
                // instead of IDs.
                if table == "field" || table == "fieldName" { continue }
                let columns = try db.columns(in: table).indices.map { "\($0 + 1)" }.joined(separator: ", ")
                rows[table] = try Row.fetchAll(db, sql: "SELECT * FROM main.\(table) ORDER BY \(columns)")
            }
            rows["fieldName"] = try Row.fetchAll(db, sql: "SELECT name FROM fieldName ORDER BY name")
            rows["field"] = try Row.fetchAll(
                db,
                sql: """
                    SELECT segment, name, value, reportId FROM field JOIN fieldName ON fieldName.id = nameId ORDER BY 1, 2, 3, 4
                    """)
            return rows
        }
    }

    func count(_ table: String) -> Int {
        rows[table]?.count ?? 0
    }
}
