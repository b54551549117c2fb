import GRDBSQLite
import Journal

/// The rows of an index as text. IDs that depend on the batches are replaced by names.
struct IndexContents: Equatable {
    let rows: [String]

    private static let queries = [
        "SELECT 'delivery', * FROM delivery",
        """
        SELECT 'report', report.id, source, provider, type, rule, topic, attemptCount, lastDeliveryId, providerTimeMilliseconds,
            problem, externalInfo
        FROM report JOIN category ON category.id = report.categoryId ORDER BY report.id
        """,
        "SELECT 'identity', hex(key), reportId FROM identity",
        "SELECT 'attempt', * FROM attempt",
        """
        SELECT 'field', segment, name, hex(value), reportId FROM field JOIN fieldName ON fieldName.id = field.nameId
        ORDER BY segment, name, value, reportId
        """,
        "SELECT 'span', * FROM span",
        "SELECT 'hold', * FROM hold",
        "SELECT 'state', name, position, hex(bytes) FROM state",
    ]

    /// Reads an index file. The result is nil if the file cannot be read.
    init?(_ path: String) {
        var connection: OpaquePointer?
        defer { sqlite3_close_v2(connection) }
        guard sqlite3_open_v2(path, &connection, SQLITE_OPEN_READONLY, nil) == SQLITE_OK else { return nil }
        var rows: [String] = []
        for query in Self.queries {
            var statement: OpaquePointer?
            defer { sqlite3_finalize(statement) }
            guard sqlite3_prepare_v2(connection, query, -1, &statement, nil) == SQLITE_OK else { return nil }
            var code = sqlite3_step(statement)
            while code == SQLITE_ROW {
                let columns = (0..<sqlite3_column_count(statement)).map { column in
                    sqlite3_column_text(statement, column).map { String(cString: $0) } ?? "NULL"
                }
                rows.append(columns.joined(separator: " "))
                code = sqlite3_step(statement)
            }
            guard code == SQLITE_DONE else { return nil }
        }
        self.rows = rows
    }
}
