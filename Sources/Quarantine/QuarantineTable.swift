internal import Deliveries
internal import GRDB
internal import Journal

/// The rows of the quarantine and their totals. Each transaction updates both.
enum QuarantineTable {
    /// Adds the deliveries and deletes the oldest deliveries beyond the limits.
    ///
    /// - Returns: the IDs of the added deliveries, in the same order.
    static func append(
        _ deliveries: [QuarantinedDelivery], _ limits: QuarantineLimits, _ db: Database
    ) throws -> [QuarantineID] {
        guard let newest = deliveries.map(\.request.receivedAt).max() else { return [] }
        var ids: [QuarantineID] = []
        try db.inTransaction(.immediate) {
            for delivery in deliveries {
                try insert(delivery, db)
                ids.append(QuarantineID(rawValue: db.lastInsertedRowID))
            }
            try enforce(limits, now: newest, db)
            return .commit
        }
        return ids
    }

    /// Deletes the deliveries that exceed the limits.
    static func age(_ limits: QuarantineLimits, now: Timestamp, _ db: Database) throws {
        try db.inTransaction(.immediate) {
            try enforce(limits, now: now, db)
            return .commit
        }
    }

    /// Deletes one delivery or, if `id` is nil, all deliveries. Returns the number of deleted deliveries.
    static func delete(_ id: QuarantineID?, _ db: Database) throws -> Int {
        var count = 0
        try db.inTransaction(.immediate) {
            if let id {
                count = try deleteRow(id.rawValue, db) ? 1 : 0
            } else {
                try db.execute(sql: "DELETE FROM quarantine")
                count = db.changesCount
                try db.execute(sql: "UPDATE total SET deliveryCount = 0, byteCount = 0")
            }
            return .commit
        }
        return count
    }

    /// Returns up to 64 MiB of free pages to the file system.
    static func vacuum(_ db: Database) throws {
        // Fetches all rows of the pragma, because SQLite frees one page per row.
        let cursor = try Row.fetchCursor(db, sql: "PRAGMA incremental_vacuum(16384)")
        while try cursor.next() != nil {}
    }

    private static func insert(_ delivery: QuarantinedDelivery, _ db: Database) throws {
        let head = RequestHead(of: delivery.request).text
        let byteCount = storedByteCount(
            columns: head.count + delivery.request.body.count + delivery.source.utf8.count + delivery.reason.utf8.count)
        let insert = try BoundStatement(
            db.cachedStatement(
                sql: """
                    INSERT INTO quarantine (storedByteCount, uuid, receivedAtMilliseconds, source, verification, reason, bodySHA256,
                        head, body)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """))
        try insert.bind(1, Int64(byteCount))
        try insert.bind(3, delivery.request.receivedAt.millisecondsSinceEpoch)
        try insert.bind(4, delivery.source)
        try insert.bind(5, delivery.verification.rawValue)
        try insert.bind(6, delivery.reason)
        try insert.run(
            (2, delivery.uuid.bytes), (7, delivery.bodySHA256), (8, head), (9, delivery.request.body))
        try db.cachedStatement(
            sql: "UPDATE total SET deliveryCount = deliveryCount + 1, byteCount = byteCount + ?"
        ).execute(arguments: [byteCount])
    }

    /// An upper bound of the number of bytes that a row uses in the file, if all rows have the same size. Small rows
    /// share a page; large rows continue on overflow pages (sqlite.org/fileformat2.html §1.6).
    static func storedByteCount(columns byteCount: Int) -> Int {
        let (page, usable, rowOverhead) = (4096, 4084, 112)
        let row = byteCount + rowOverhead
        return row <= usable / 2 ? page / (usable / row) : (row / usable + 1) * page
    }

    private static func enforce(_ limits: QuarantineLimits, now: Timestamp, _ db: Database) throws {
        let age = min(max(0, limits.age.components.seconds), .max / 1000) * 1000
        let oldest = now.advanced(byMilliseconds: -age)
        while let row = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT id, receivedAtMilliseconds FROM quarantine ORDER BY id LIMIT 1"))
        {
            let id: Int64 = try row.decode(atIndex: 0)
            // A row whose time cannot be read counts as too old, so it is deleted.
            let receivedAt = try? row.decode(Int64.self, atIndex: 1)
            let size = try size(db)
            let isTooOld = receivedAt.map { $0 < oldest.millisecondsSinceEpoch } ?? true
            guard isTooOld || size.count > limits.count || size.byteCount > limits.byteCount else { return }
            guard try deleteRow(id, db) else {
                throw ArchiveError.damaged("the quarantine is damaged: a row cannot be deleted")
            }
        }
        // The table is empty. Resets the totals, which may be wrong in a damaged file.
        try db.execute(sql: "UPDATE total SET deliveryCount = 0, byteCount = 0")
    }

    private static func deleteRow(_ id: Int64, _ db: Database) throws -> Bool {
        let row = try Row.fetchOne(
            db.cachedStatement(sql: "DELETE FROM quarantine WHERE id = ? RETURNING storedByteCount"), arguments: [id])
        guard let row else { return false }
        let byteCount = (try? row.decode(Int64.self, atIndex: 0)) ?? 0
        try db.cachedStatement(
            sql: "UPDATE total SET deliveryCount = max(0, deliveryCount - 1), byteCount = max(0, byteCount - ?)"
        ).execute(arguments: [byteCount])
        return true
    }

    static func size(_ db: Database) throws -> (count: Int64, byteCount: Int64) {
        let row = try Row.fetchOne(db.cachedStatement(sql: "SELECT deliveryCount, byteCount FROM total"))
        guard let row else { throw ArchiveError.damaged("the quarantine is damaged: its totals are missing") }
        return (try row.decode(atIndex: 0), try row.decode(atIndex: 1))
    }
}
