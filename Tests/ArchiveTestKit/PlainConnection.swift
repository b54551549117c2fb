package import GRDB

/// SQLite connections without Callbox's settings. Tests use such connections to inspect and damage files.
package enum PlainConnection {
    package static func open<Value>(_ path: String, _ body: (Database) throws -> Value) throws -> Value {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try queue.writeWithoutTransaction(body)
    }

    /// Runs SQL with triggers, checks and foreign keys disabled. Does not change the schema, unless the SQL itself
    /// does.
    package static func damage(_ path: String, _ sql: String) throws {
        try open(path) { db in
            try db.execute(sql: "PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON")
            let triggers = try Row.fetchAll(db, sql: "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
            for trigger in triggers {
                try db.execute(sql: "DROP TRIGGER \(try trigger.decode(String.self, atIndex: 0))")
            }
            try db.execute(sql: sql)
            for trigger in triggers { try db.execute(sql: try trigger.decode(String.self, atIndex: 1)) }
        }
    }

    /// Holds SQLite's write lock while `body` runs.
    package static func whileLocking(_ path: String, _ body: () async throws -> Void) async throws {
        try await holding(path, "BEGIN IMMEDIATE", body)
    }

    /// Holds a read transaction on the current snapshot while `body` runs. This prevents a restart of the log.
    package static func whileReading(_ path: String, _ body: () async throws -> Void) async throws {
        try await holding(path, "BEGIN; SELECT count(*) FROM sqlite_schema", body)
    }

    private static func holding(_ path: String, _ sql: String, _ body: () async throws -> Void) async throws {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try await queue.writeWithoutTransaction { try $0.execute(sql: sql) }
        try await body()
        try await queue.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
        try queue.close()
    }
}
