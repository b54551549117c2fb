internal import Deliveries
internal import GRDB

extension ArchiveReader {
    /// The fields of one segment that have these names, in a transaction of its own.
    func forEachField(
        named names: [String], segment: Int64, _ body: (ReportID, ReportField) -> Void
    ) throws(ArchiveReadFailure) {
        try read { db in
            for name in names {
                let id = try Int64.fetchOne(
                    db.cachedStatement(sql: "SELECT id FROM fieldName WHERE name = ?"), arguments: [name.bindable])
                guard let id else { continue }
                let cursor = try Row.fetchCursor(
                    db.cachedStatement(sql: "SELECT reportId, value FROM field WHERE segment = ? AND nameId = ?"),
                    arguments: [segment, id])
                while let row = try cursor.next() {
                    let value: DatabaseValue = try row.decode(atIndex: 1)
                    guard let text = FieldValue(value)?.text else { continue }
                    body(ReportID(rawValue: try row.decode(atIndex: 0)), ReportField(name, text))
                }
            }
        }
    }
}
