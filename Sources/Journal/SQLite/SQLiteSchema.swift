package import GRDB

/// The tables of a type of file, as steps that lead from an empty file to the current format.
///
/// Nothing has been released, so each type has one step. A later format of the journal adds a step; the index has none, because it is
/// rebuilt instead.
package struct SQLiteSchema: Sendable {
    /// What the file is, for messages: `journal`, `index`, `quarantine`.
    package let name: String
    /// Marks the file in its header (sqlite.org/fileformat2.html §1.3.17).
    package let applicationID: Int32
    /// SQL of each step, in order. A step that was released is never edited.
    package let steps: [String]

    /// The oldest format from which the steps lead on.
    let oldestFormat: Int

    package init(name: String, applicationID: Int32, steps: [String], oldestFormat: Int = 1) {
        self.name = name
        self.applicationID = applicationID
        self.steps = steps
        self.oldestFormat = oldestFormat
    }

    /// The format that this version writes; `PRAGMA user_version` holds it.
    package var format: Int {
        steps.count
    }

    /// The format of a file; 0 when it is empty.
    package static func format(of db: Database) throws -> Int {
        try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
    }

    /// Brings a file to the current format, each step in its own transaction.
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

    /// Rejects a file of another program or of a format that this version does not know.
    func checkIdentity(_ db: Database, path: String) throws {
        let found = try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let hasTables = try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM sqlite_schema)") ?? false
        guard found == applicationID || found == 0 && !hasTables else { throw ArchiveError.notAnArchive(path: path) }
        let format = try Self.format(of: db)
        guard format == 0 ? !hasTables : (oldestFormat...self.format).contains(format) else {
            throw ArchiveError.unknownFormat(path: path, format: format)
        }
    }

    /// Rejects a file whose tables, indexes, triggers or views are not exactly those of the current format. A trigger that somebody
    /// added could drop a row that was acknowledged.
    func checkObjects(_ db: Database, path: String) throws {
        let expected = try objects(in: DatabaseQueue()) { try $0.execute(sql: steps.joined(separator: "\n")) }
        let found = try Self.objects(db)
        for (name, sql) in found where expected[name] != sql {
            throw ArchiveError.foreignSchema(path: path, object: name)
        }
        if let missing = expected.keys.first(where: { found[$0] == nil }) {
            throw ArchiveError.damaged("\(path) is damaged: \(missing) is missing")
        }
    }

    private func objects(in queue: DatabaseQueue, prepare: (Database) throws -> Void) throws -> [String: String] {
        try queue.writeWithoutTransaction { db in
            try prepare(db)
            return try Self.objects(db)
        }
    }

    /// The SQL of each object by type and name, without what SQLite makes itself.
    private static func objects(_ db: Database) throws -> [String: String] {
        var objects: [String: String] = [:]
        for row in try Row.fetchAll(
            db, sql: "SELECT type || ' ' || name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")
        {
            objects[try row.decode(atIndex: 0)] = try row.decode(String?.self, atIndex: 1) ?? ""
        }
        return objects
    }
}
