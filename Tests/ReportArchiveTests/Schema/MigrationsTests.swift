import GRDB
import Testing

@testable import ReportArchive

@Suite struct MigrationsTests {
    private struct Failure: Error {}

    private static let first: Migrations.Step = { try $0.execute(sql: "CREATE TABLE one (x)") }
    private static let second: Migrations.Step = { try $0.execute(sql: "CREATE TABLE two (x)") }
    private static let failing: Migrations.Step = { db in
        try db.execute(sql: "CREATE TABLE three (x)")
        throw Failure()
    }

    private static func state(_ db: Database) throws -> [String] {
        try String.fetchAll(db, sql: "SELECT name FROM sqlite_schema ORDER BY name")
            + ["version \(try Migrations.version(db))"]
    }

    @Test("each step runs once, and a failed step leaves the file at the version before it")
    func steps() throws {
        try DatabaseQueue().writeWithoutTransaction { db in
            try Migrations.migrate(db, through: [Self.first])
            #expect(try Self.state(db) == ["one", "version 1"])
            #expect(throws: Failure.self) {
                try Migrations.migrate(db, through: [Self.first, Self.second, Self.failing])
            }
            #expect(try Self.state(db) == ["one", "two", "version 2"])
            try Migrations.migrate(db, through: [Self.first, Self.second])
            #expect(try Self.state(db) == ["one", "two", "version 2"])
            #expect(try Int32.fetchOne(db, sql: "PRAGMA application_id") == Migrations.applicationID)
        }
    }
}
