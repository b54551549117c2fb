internal import Deliveries
internal import GRDB

/// The rows of the projection's tables, one statement each. Each may be done twice with the effect of once.
enum ProjectionRows {
    /// Bodies shorter than this are not worth sharing.
    private static let sharedByteCountLeast = 64

    /// The first arrival of what is known by `identity`: the one on record, or the one that is here now.
    static func firstArrival(of identity: [UInt8], here id: ArrivalID, _ db: Database) throws -> ArrivalID {
        let insert = try BoundStatement(
            db.cachedStatement(sql: "INSERT INTO identity (key, reportId) VALUES (?, ?) ON CONFLICT (key) DO NOTHING"))
        try insert.bind(2, id.rawValue)
        try insert.run((1, identity))
        guard db.changesCount == 0 else { return id }
        let select = try BoundStatement(db.cachedStatement(sql: "SELECT reportId FROM identity WHERE key = ?"))
        return try select.integer((1, identity)).map(ArrivalID.init(rawValue:)) ?? id
    }

    static func setFirstArrival(of identity: [UInt8], _ id: ArrivalID, _ db: Database) throws {
        let update = try BoundStatement(db.cachedStatement(sql: "UPDATE identity SET reportId = ? WHERE key = ?"))
        try update.bind(1, id.rawValue)
        try update.run((2, identity))
    }

    static func insertReport(_ id: ArrivalID, _ categoryID: Int64, _ content: ReportContent, _ db: Database) throws {
        let insert = try BoundStatement(
            db.cachedStatement(
                sql: """
                    INSERT INTO report (id, categoryId, attemptCount, providerTimeMilliseconds, problem, externalInfo)
                    VALUES (?, ?, 1, ?, ?, ?) ON CONFLICT (id) DO NOTHING
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
        let number = try Int.fetchOne(
            db.cachedStatement(
                sql: """
                    UPDATE report SET attemptCount = attemptCount + 1, lastJournalId = ? WHERE id = ? RETURNING attemptCount
                    """), arguments: [id.deliveryID, first.rawValue])
        guard let number else { return false }
        try db.cachedStatement(sql: "INSERT INTO attempt (id, reportId, number) VALUES (?, ?, ?)")
            .execute(arguments: [id.rawValue, first.rawValue, number])
        try shareBody(of: id.deliveryID, with: first, number: number, db)
        return true
    }

    /// Keeps the body once where the report came with the same bytes before: first, or the last time.
    private static func shareBody(of delivery: Int64, with first: ArrivalID, number: Int, _ db: Database) throws {
        let before = try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT id FROM attempt WHERE reportId = ? AND number = ?"),
            arguments: [first.rawValue, number - 1])
        for earlier in [first.deliveryID, before.map { ArrivalID(rawValue: $0).deliveryID }] {
            guard let earlier, earlier < delivery else { continue }
            try db.cachedStatement(
                sql: """
                    UPDATE body SET encoding = 'same', sameAs = kept.root, bytes = x''
                    FROM (
                        SELECT coalesce(body.sameAs, body.journalId) AS root FROM body
                        JOIN journal AS earlier ON earlier.id = body.journalId
                        JOIN origin AS earlierOrigin ON earlierOrigin.id = earlier.originId
                        JOIN journal AS later ON later.id = ?1
                        JOIN origin AS laterOrigin ON laterOrigin.id = later.originId
                        WHERE body.journalId = ?2 AND body.encoding <> 'gone'
                            AND earlier.bodySHA256 = later.bodySHA256 AND earlier.bodyByteCount = later.bodyByteCount
                            AND earlierOrigin.source = laterOrigin.source
                    ) AS kept
                    WHERE journalId = ?1 AND encoding IN ('raw', 'zlib') AND length(bytes) >= \(sharedByteCountLeast)
                    """
            ).execute(arguments: [delivery, earlier])
        }
    }
}
