internal import Deliveries
internal import GRDB

/// The tables that the projection owns, and its cursor.
enum ProjectionTables {
    /// The number of the last delivery that was projected.
    static func cursor(_ db: Database) throws -> Int64 {
        try Int64.fetchOne(db, sql: "SELECT journalId FROM projection WHERE name = 'reports'") ?? 0
    }

    /// Writes the deliveries and moves the cursor, together.
    ///
    /// A batch that does not follow the cursor is left out, for then the tables were emptied for a rebuild meanwhile.
    static func append(_ deliveries: [ProjectedDelivery], to db: Database) throws {
        guard let last = deliveries.last, let first = deliveries.first else { return }
        try db.inTransaction(.immediate) {
            let cursor = try cursor(db)
            let expected = try Int64.fetchOne(
                db, sql: "SELECT id FROM journal WHERE id > ? ORDER BY id LIMIT 1", arguments: [cursor])
            guard first.id.rawValue == expected else { return .rollback }
            for delivery in deliveries {
                for (position, report) in delivery.reports.enumerated() {
                    try append(report, ordinal: position + 1, of: delivery, to: db)
                }
            }
            try db.execute(
                sql: "UPDATE projection SET journalId = ? WHERE name = 'reports'", arguments: [last.id.rawValue])
            return .commit
        }
    }

    /// Empties the tables and puts the cursor back to the start.
    static func clear(_ db: Database) throws {
        try db.inTransaction(.immediate) {
            try db.execute(
                sql: """
                    DELETE FROM field;
                    DELETE FROM attempt;
                    DELETE FROM report;
                    UPDATE projection SET journalId = 0 WHERE name = 'reports';
                    """)
            return .commit
        }
    }

    /// A new report is a row of its own; a repeat counts up the one that is there.
    private static let upsertSQL = """
        INSERT INTO report (journalId, ordinal, receivedAtMilliseconds, source, provider, kind, dedupeKey,
            providerTimeMilliseconds, rule, box, externalInfo, problem, lastJournalId, lastReceivedAtMilliseconds)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?1, ?3)
        ON CONFLICT (source, dedupeKey) DO UPDATE SET
            attemptCount = attemptCount + 1,
            lastJournalId = excluded.lastJournalId,
            lastReceivedAtMilliseconds = excluded.lastReceivedAtMilliseconds
        RETURNING id, attemptCount
        """

    private static func append(
        _ report: RoutedReport, ordinal: Int, of delivery: ProjectedDelivery, to db: Database
    ) throws {
        let content = report.content
        let upsert = try db.cachedStatement(sql: upsertSQL)
        let row = try Row.fetchOne(
            upsert,
            arguments: [
                delivery.id.rawValue, ordinal, delivery.receivedAt.millisecondsSinceEpoch, delivery.source,
                content.provider, content.kind.bindable, content.dedupeKey.bindable,
                content.providerTime?.millisecondsSinceEpoch,
                report.route?.rule.rawValue, report.route?.box, content.externalInfo, content.problem,
            ])
        guard let row, let reportID = row[0] as Int64?, let number = row[1] as Int64? else { return }
        try db.cachedStatement(sql: "INSERT INTO attempt (journalId, ordinal, reportId, number) VALUES (?, ?, ?, ?)")
            .execute(arguments: [delivery.id.rawValue, ordinal, reportID, number])
        guard number == 1 else { return }
        let insertField = try db.cachedStatement(
            sql: "INSERT INTO field (name, value, reportId) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")
        for field in content.fields {
            try insertField.execute(arguments: [field.name.bindable, field.value.bindable, reportID])
        }
    }
}

extension String {
    /// The text with U+FFFD for each U+0000: GRDB binds a text up to its first NUL, which a provider's JSON may hold, and then
    /// two different keys would be one.
    fileprivate var bindable: String {
        guard utf8.contains(0) else { return self }
        return String(String.UnicodeScalarView(unicodeScalars.map { $0 == "\0" ? "\u{fffd}" : $0 }))
    }
}
