internal import Deliveries
internal import GRDB

/// The rows of the projection's tables, one statement each. Each may be done twice with the effect of once.
enum ProjectionRows {
    /// The first arrival of what is known by `identity`: the one on record, or the one that is here now.
    static func firstArrival(of identity: [UInt8], here id: ArrivalID, _ db: Database) throws -> ArrivalID {
        let insert = try BoundStatement(
            db.cachedStatement(sql: "INSERT INTO identity (key, reportId) VALUES (?, ?) ON CONFLICT (key) DO NOTHING"))
        try insert.bind(2, id.rawValue)
        try insert.run((1, identity))
        guard db.changesCount == 0 else { return id }
        return try knownArrival(of: identity, db) ?? id
    }

    static func setFirstArrival(of identity: [UInt8], _ id: ArrivalID, _ db: Database) throws {
        let update = try BoundStatement(db.cachedStatement(sql: "UPDATE identity SET reportId = ? WHERE key = ?"))
        try update.bind(1, id.rawValue)
        try update.run((2, identity))
    }

    /// In a rebuild, arrivals of pruned deliveries may be there before the report is.
    static func insertReport(_ id: ArrivalID, _ categoryID: Int64, _ content: ReportContent, _ db: Database) throws {
        let insert = try BoundStatement(
            db.cachedStatement(
                sql: """
                    INSERT INTO report (id, categoryId, attemptCount, lastJournalId, providerTimeMilliseconds, problem,
                        externalInfo)
                    VALUES (?1, ?2, 1 + (SELECT count(*) FROM attempt WHERE reportId = ?1),
                        (SELECT max(id) >> 20 FROM attempt WHERE reportId = ?1), ?3, ?4, ?5)
                    ON CONFLICT (id) DO NOTHING
                    """))
        try insert.bind(1, id.rawValue)
        try insert.bind(2, categoryID)
        try insert.bind(3, content.providerTime?.millisecondsSinceEpoch)
        try insert.bind(4, content.problem)
        try insert.bind(5, content.externalInfo?.bindable)
        try insert.run()
    }

    static func insertField(_ nameID: Int64, _ value: FieldValue, of report: ArrivalID, _ db: Database) throws {
        let insert = try BoundStatement(
            db.cachedStatement(
                sql: "INSERT INTO field (segment, nameId, value, reportId) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"))
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

    /// Counts another arrival of a report that is there; false where it is not.
    static func recordRepeat(_ id: ArrivalID, of first: ArrivalID, _ db: Database) throws -> Bool {
        let isKnown = try Bool.fetchOne(
            db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM attempt WHERE id = ?)"), arguments: [id.rawValue])
        if isKnown == true { return true }
        let report = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT attemptCount, coalesce(lastJournalId, id >> 20) FROM report WHERE id = ?"),
            arguments: [first.rawValue])
        guard let report else { return false }
        var number = try report.decode(Int.self, atIndex: 0) + 1
        if try report.decode(Int64.self, atIndex: 1) > id.deliveryID {
            // In a rebuild, later arrivals of pruned deliveries are there already.
            number =
                try Int.fetchOne(
                    db.cachedStatement(sql: "SELECT 2 + count(*) FROM attempt WHERE reportId = ? AND id < ?"),
                    arguments: [first.rawValue, id.rawValue]) ?? number
        }
        try db.cachedStatement(
            sql: """
                UPDATE report SET attemptCount = attemptCount + 1, lastJournalId = max(coalesce(lastJournalId, 0), ?)
                WHERE id = ?
                """
        ).execute(arguments: [id.deliveryID, first.rawValue])
        try db.cachedStatement(sql: "INSERT INTO attempt (id, reportId, number) VALUES (?, ?, ?)")
            .execute(arguments: [id.rawValue, first.rawValue, number])
        return true
    }

    /// The report that is on record for `identity` by now.
    static func knownArrival(of identity: [UInt8], _ db: Database) throws -> ArrivalID? {
        try BoundStatement(db.cachedStatement(sql: "SELECT reportId FROM identity WHERE key = ?"))
            .integer((1, identity)).map(ArrivalID.init(rawValue:))
    }
}
