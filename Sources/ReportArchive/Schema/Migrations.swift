internal import GRDB

/// The schema's history. A released step is never edited; `storage/schema.sql` shows the sum.
enum Migrations {
    /// `CBox` in ASCII, in the file's header: what the file is, to `file` and to us (sqlite.org/fileformat2.html §1.3.17).
    static let applicationID: Int32 = 0x4342_6f78

    typealias Step = @Sendable (Database) throws -> Void

    /// One step per version: SQL, or code if SQL is not enough.
    private static let steps: [Step] = [
        { try $0.execute(sql: Schema.sql) }
    ]

    /// The version that this program writes; it stands in `PRAGMA user_version`.
    static let currentVersion = steps.count

    /// The version of the schema in a file; 0 for an empty one.
    static func version(_ db: Database) throws -> Int {
        try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
    }

    /// Brings a file up to date, each step in a transaction of its own. Takes as long as the file is large.
    static func migrate(_ db: Database) throws {
        try migrate(db, through: steps)
    }

    static func migrate(_ db: Database, through steps: [Step]) throws {
        for index in steps.indices.dropFirst(try version(db)) {
            try db.inTransaction(.immediate) {
                try steps[index](db)
                try db.execute(sql: "PRAGMA application_id = \(applicationID)")
                try db.execute(sql: "PRAGMA user_version = \(index + 1)")
                return .commit
            }
        }
    }
}
