package import GRDB

/// The tables of one kind of file, as steps from an empty file to the current format.
///
/// No version has been released, so each kind has one step. A later format of the journal adds a step. The index never
/// needs a second step, because it is rebuilt.
package struct SQLiteSchema: Sendable {
    /// The kind of file: `journal`, `index` or `quarantine`.
    package let name: String
    /// The application ID in the header of the file (sqlite.org/fileformat2.html §1.3.17).
    package let applicationID: Int32
    /// The SQL of each step. Never edit a released step.
    package let steps: [String]
    /// The oldest format from which the steps can migrate.
    let oldestFormat: Int

    package init(name: String, applicationID: Int32, steps: [String], oldestFormat: Int = 1) {
        self.name = name
        self.applicationID = applicationID
        self.steps = steps
        self.oldestFormat = oldestFormat
    }

    /// The format that this version writes to `PRAGMA user_version`.
    package var format: Int { steps.count }

    /// The format of a file; 0 if it is empty.
    package static func format(of db: Database) throws -> Int {
        try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
    }

    /// Migrates a file to the current format. Each step runs in its own transaction.
    package func migrate(_ db: Database) throws {
        for index in steps.indices.dropFirst(try Self.format(of: db)) {
            try db.inTransaction(.immediate) {
                try db.execute(sql: steps[index])
                try db.execute(sql: "PRAGMA application_id = \(applicationID)")
                try db.execute(sql: "PRAGMA user_version = \(index + 1)")
                return .commit
            }
        }
    }

    /// Rejects a file that belongs to another program or has an unknown format.
    func checkIdentity(_ db: Database, path: String) throws {
        let found = try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let hasTables = try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM sqlite_schema)") ?? false
        guard found == applicationID || found == 0 && !hasTables else { throw ArchiveError.notAnArchive(path: path) }
        let format = try Self.format(of: db)
        guard format == 0 ? !hasTables : (oldestFormat...self.format).contains(format) else {
            throw ArchiveError.unknownFormat(path: path, format: format)
        }
    }

    /// Rejects a file whose tables, indexes, triggers or views are not exactly those of the current format. A foreign
    /// trigger could drop an acknowledged row.
    func checkObjects(_ db: Database, path: String) throws {
        let expected = try DatabaseQueue().writeWithoutTransaction { db in
            try db.execute(sql: steps.joined(separator: "\n"))
            return try Self.objects(db)
        }
        let found = try Self.objects(db)
        for (name, sql) in found where expected[name] != sql {
            throw ArchiveError.foreignSchema(path: path, object: name)
        }
        if let missing = expected.keys.first(where: { found[$0] == nil }) {
            throw ArchiveError.damaged("\(path) is damaged: \(missing) is missing")
        }
    }

    /// The SQL of each object by type and name, without the objects that SQLite creates.
    private static func objects(_ db: Database) throws -> [String: String] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT type || ' ' || name, coalesce(sql, '') FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
                """)
        return try Dictionary(uniqueKeysWithValues: rows.map { (try $0.decode(atIndex: 0), try $0.decode(atIndex: 1)) })
    }
}
