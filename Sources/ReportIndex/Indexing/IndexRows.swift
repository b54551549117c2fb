internal import Deliveries
internal import GRDB
internal import Journal

/// The statements that write and remove the rows of deliveries.
enum IndexRows {
    static func insert(_ delivery: IndexedDelivery, _ db: Database) throws {
        let insert = try BoundStatement(
            db.cachedStatement(
                sql: "INSERT INTO delivery (id, receivedAtMilliseconds, originId, byteCount) VALUES (?, ?, ?, ?)"))
        try insert.bind(1, delivery.id.rawValue)
        try insert.bind(2, delivery.receivedAt.millisecondsSinceEpoch)
        try insert.bind(3, delivery.originID)
        try insert.bind(4, Int64(delivery.byteCount))
        try insert.run()
    }

    /// The first arrival of the report with this identity. If none is recorded, records `id` and returns it.
    static func firstArrival(of identity: [UInt8], here id: ArrivalID, _ db: Database) throws -> ArrivalID {
        let insert = try BoundStatement(
            db.cachedStatement(sql: "INSERT INTO identity (key, reportId) VALUES (?, ?) ON CONFLICT (key) DO NOTHING"))
        try insert.bind(2, id.rawValue)
        try insert.run((1, identity))
        guard db.changesCount == 0 else { return id }
        return try BoundStatement(db.cachedStatement(sql: "SELECT reportId FROM identity WHERE key = ?"))
            .integer((1, identity)).map(ArrivalID.init(rawValue:)) ?? id
    }

    static func setFirstArrival(of identity: [UInt8], _ id: ArrivalID, _ db: Database) throws {
        let update = try BoundStatement(db.cachedStatement(sql: "UPDATE identity SET reportId = ? WHERE key = ?"))
        try update.bind(1, id.rawValue)
        try update.run((2, identity))
    }

    static func insert(
        _ report: RoutedReport, _ source: String, _ id: ArrivalID, _ names: inout IndexNames, _ db: Database
    ) throws {
        let content = report.content
        let categoryID = try names.categoryID(source, content, report.route, db)
        let insert = try BoundStatement(
            db.cachedStatement(
                sql: """
                    INSERT INTO report (id, categoryId, attemptCount, providerTimeMilliseconds, problem, externalInfo)
                    VALUES (?, ?, 1, ?, ?, ?)
                    """))
        try insert.bind(1, id.rawValue)
        try insert.bind(2, categoryID)
        try insert.bind(3, content.providerTime?.millisecondsSinceEpoch)
        try insert.bind(4, content.problem)
        try insert.bind(5, content.externalInfo?.bindable)
        try insert.run()
    }

    /// Inserts fields with one prepared statement per table.
    struct FieldInsert {
        private let values: BoundStatement
        private let keys: BoundStatement

        init(_ db: Database) throws {
            func statement(_ table: String) throws -> BoundStatement {
                try BoundStatement(
                    db.cachedStatement(
                        sql: """
                            INSERT INTO \(table) (segment, nameId, value, reportId) VALUES (?, ?, ?, ?)
                            ON CONFLICT DO NOTHING
                            """))
            }
            (values, keys) = (try statement("field"), try statement("fieldKey"))
        }

        func run(_ nameID: Int64, _ value: FieldValue, of report: ArrivalID) throws {
            try run(values, nameID, value, report)
            if case .text(let text) = value, let key = FieldValue.key(text) { try run(keys, nameID, key, report) }
        }

        private func run(_ insert: BoundStatement, _ nameID: Int64, _ value: FieldValue, _ report: ArrivalID) throws {
            try insert.bind(1, report.segment)
            try insert.bind(2, nameID)
            try insert.bind(4, report.rawValue)
            switch value {
            case .text(let text):
                try insert.bind(3, text)
                try insert.run()
            case .uuid(let bytes): try insert.run((3, bytes))
            }
        }
    }

    /// Records another arrival of a report. Returns false if the report does not exist.
    static func recordRepeat(_ id: ArrivalID, of first: ArrivalID, _ db: Database) throws -> Bool {
        let update = try BoundStatement(
            db.cachedStatement(
                sql: """
                    UPDATE report SET attemptCount = attemptCount + 1, lastDeliveryId = ? WHERE id = ?
                    RETURNING attemptCount
                    """))
        try update.bind(1, id.deliveryID)
        try update.bind(2, first.rawValue)
        guard let number = try update.integer() else { return false }
        try db.cachedStatement(sql: "INSERT INTO attempt (id, reportId, number) VALUES (?, ?, ?)")
            .execute(arguments: [id.rawValue, first.rawValue, number])
        return true
    }

    /// The later arrivals of reports that first arrived in a range of deliveries.
    static func repeats(
        ofReportsIn deliveries: ClosedRange<Int64>, _ db: Database
    ) throws -> [(report: ArrivalID, id: ArrivalID)] {
        try Row.fetchAll(
            db.cachedStatement(sql: "SELECT reportId, id FROM attempt WHERE reportId BETWEEN ? AND ?"),
            arguments: arrivals(of: deliveries)
        ).map { (try $0.decode(atIndex: 0), try $0.decode(atIndex: 1)) }
    }

    private static func arrivals(of deliveries: ClosedRange<Int64>) -> StatementArguments {
        let range = ArrivalID.range(deliveries)
        return [range.lowerBound, range.upperBound]
    }

    /// Assigns the repeats of a removed report to `first`, the earliest repeat, and renumbers them.
    static func moveRepeats(of report: ArrivalID, to first: ArrivalID, _ db: Database) throws {
        try db.cachedStatement(sql: "DELETE FROM attempt WHERE reportId = ? AND id <= ?")
            .execute(arguments: [report.rawValue, first.rawValue])
        let left = try Int64.fetchAll(
            db.cachedStatement(sql: "SELECT id FROM attempt WHERE reportId = ? ORDER BY id"),
            arguments: [report.rawValue])
        for (index, id) in left.enumerated() {
            try db.cachedStatement(sql: "UPDATE attempt SET reportId = ?, number = ? WHERE id = ?")
                .execute(arguments: [first.rawValue, index + 2, id])
        }
        try db.cachedStatement(sql: "UPDATE report SET attemptCount = ?, lastDeliveryId = ? WHERE id = ?")
            .execute(arguments: [left.count + 1, left.last.map { $0 >> 20 }, first.rawValue])
    }

    /// Removes deliveries with their reports, newest first, so a report is removed after its repeats.
    static func remove(_ deliveries: ClosedRange<Int64>, _ db: Database) throws {
        // Reads only existing rows. A damaged record may have an extreme range, so iterating over the range would not
        // end.
        let ids = try Int64.fetchAll(
            db, sql: "SELECT id FROM delivery WHERE id BETWEEN ? AND ? ORDER BY id DESC",
            arguments: [deliveries.lowerBound, deliveries.upperBound])
        for id in ids {
            let range = arrivals(of: id...id)
            for row in try Row.fetchAll(
                db.cachedStatement(sql: "SELECT id, reportId FROM attempt WHERE id BETWEEN ? AND ?"), arguments: range)
            {
                try removeAttempt(try row.decode(atIndex: 0), of: try row.decode(atIndex: 1), db)
            }
            try db.cachedStatement(sql: "DELETE FROM report WHERE id BETWEEN ? AND ?").execute(arguments: range)
            for table in ["quarantineRelease", "replay"] {
                try db.cachedStatement(sql: "DELETE FROM \(table) WHERE deliveryId = ?").execute(arguments: [id])
            }
            try db.cachedStatement(sql: "DELETE FROM delivery WHERE id = ?").execute(arguments: [id])
        }
        for span in Set(ids.map { $0 >> TimeSpan.bits }) { try TimeSpan.renew(span, db) }
        // Deletes with one pass per segment, because the table is not ordered by report.
        for (segment, ids) in Dictionary(grouping: ids, by: ArrivalID.segment(ofDelivery:)) {
            let list = ids.map(String.init).joined(separator: ",")
            for table in ["field", "fieldKey"] {
                try db.execute(
                    sql:
                        "DELETE FROM \(table) WHERE segment = ? AND reportId >> 20 IN (SELECT value FROM json_each(?))",
                    arguments: [segment, "[\(list)]"])
            }
        }
    }

    /// Removes a repeat and renumbers the later repeats, with the same result as a rebuild.
    private static func removeAttempt(_ id: Int64, of report: Int64, _ db: Database) throws {
        try db.cachedStatement(sql: "DELETE FROM attempt WHERE id = ?").execute(arguments: [id])
        try db.cachedStatement(sql: "UPDATE attempt SET number = number - 1 WHERE reportId = ? AND id > ?")
            .execute(arguments: [report, id])
        try db.cachedStatement(
            sql: """
                UPDATE report SET attemptCount = attemptCount - 1,
                    lastDeliveryId = (SELECT max(id) >> 20 FROM attempt WHERE reportId = ?1)
                WHERE id = ?1
                """
        ).execute(arguments: [report])
    }

    /// Removes identities, names, categories and repeats whose reports were removed.
    static func removeUnused(_ db: Database) throws {
        try db.execute(
            sql: """
                DELETE FROM attempt WHERE NOT EXISTS (SELECT 1 FROM report WHERE report.id = attempt.reportId);
                DELETE FROM identity WHERE NOT EXISTS (SELECT 1 FROM report WHERE report.id = identity.reportId);
                DELETE FROM category WHERE NOT EXISTS (SELECT 1 FROM report WHERE report.categoryId = category.id);
                DELETE FROM fieldName WHERE NOT EXISTS (
                    SELECT 1 FROM (SELECT DISTINCT id >> 2 AS segment FROM span) AS used
                        CROSS JOIN field ON field.segment = used.segment AND field.nameId = fieldName.id
                )
                """)
    }
}
