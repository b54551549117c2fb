internal import GRDB

/// The tables of the index of texts, as whoever writes needs them.
enum TextIndexTables {
    /// Grams that are taken away in one statement.
    private static let gramCount = 1024

    /// Takes away all that is indexed of a delivery's block, and the claim of who is indexing it: before a body goes, in the
    /// transaction that takes it. The block is indexed anew without it.
    static func forget(delivery id: Int64, _ db: Database) throws {
        let block = TextBlock.block(ofDelivery: id)
        for index in try Int64.fetchAll(db.cachedStatement(sql: "SELECT id FROM textIndex")) {
            try db.cachedStatement(sql: "DELETE FROM textGram WHERE indexId = ? AND block = ?")
                .execute(arguments: [index, block])
            try db.cachedStatement(sql: "DELETE FROM textBlock WHERE indexId = ? AND block = ?")
                .execute(arguments: [index, block])
        }
    }

    /// Takes some grams of an index away, or of one block of it; false when none are left.
    static func forgetSome(of index: Int64, block: Int64? = nil, _ db: Database) throws -> Bool {
        try db.cachedStatement(
            sql: """
                DELETE FROM textGram WHERE (indexId, block, gram) IN (
                    SELECT indexId, block, gram FROM textGram
                    WHERE indexId = ?1 AND block BETWEEN ?2 AND ?3 LIMIT \(gramCount)
                )
                """
        ).execute(arguments: [index, block ?? .min, block ?? .max])
        return db.changesCount == gramCount
    }

    /// The blocks that can be indexed; nil where there are not deliveries enough for one.
    static func wholeBlocks(_ db: Database) throws -> ClosedRange<Int64>? {
        guard let first = try Int64.fetchOne(db, sql: "SELECT min(id) FROM journal"),
            let last = try Int64.fetchOne(db, sql: "SELECT max(id) FROM journal")
        else { return nil }
        return TextBlock.whole(firstDelivery: first, lastDelivery: last)
    }

    /// The newest block that is not indexed yet, of the first source that has one; nil where there is nothing to do.
    static func next(_ db: Database) throws -> (source: String, index: Int64, block: Int64)? {
        for row in try Row.fetchAll(db, sql: "SELECT id, source FROM textIndex WHERE NOT isDropped ORDER BY id") {
            let index: Int64 = try row.decode(atIndex: 0)
            if let block = try nextBlock(of: index, db) { return (try row.decode(atIndex: 1), index, block) }
        }
        return nil
    }

    /// The newest block that is not indexed yet; nil where all are.
    private static func nextBlock(of index: Int64, _ db: Database) throws -> Int64? {
        guard let whole = try wholeBlocks(db) else { return nil }
        var next = whole.upperBound
        let done = try Int64.fetchCursor(
            db,
            sql: """
                SELECT block FROM textBlock WHERE indexId = ? AND claim IS NULL AND block BETWEEN ? AND ?
                ORDER BY block DESC
                """, arguments: [index, whole.lowerBound, whole.upperBound])
        while let block = try done.next(), block == next { next -= 1 }
        return next >= whole.lowerBound ? next : nil
    }
}
