import ArchiveTestKit
import Deliveries
import Foundation
import GRDB
import TestKit
import Testing

@testable import Journal
@testable import ReportIndex

@Suite("SQL statements of users")
struct SQLQueryTests {
    private static func rows(
        _ sql: String, _ parameters: [String: SQLValue] = [:], adjust: @Sendable (inout SQLQuery) -> Void = { _ in }
    ) async throws -> [[SQLValue]] {
        var query = SQLQuery(sql)
        query.parameters = parameters
        adjust(&query)
        return try await QueryArchive.withReader { [query] in try $0.rows(query) }
    }

    /// The reason for rejecting a statement; nil if it ran.
    private static func rejection(
        _ sql: String, _ parameters: [String: SQLValue] = [:]
    ) async throws -> QueryError? {
        do {
            _ = try await rows(sql, parameters)
            return nil
        } catch let error as QueryError {
            return error
        }
    }

    @Test("values of every SQLite type are returned unchanged")
    func values() async throws {
        let rows = try await Self.rows("SELECT 1, 1.5, 'a' || char(0) || 'b', x'00ff', x'', NULL")
        #expect(
            rows == [[.integer(1), .real(1.5), .text("a\u{0}b"), .blob([0, 0xff]), .blob([]), .null]])
    }

    @Test("statements can use the views, and a repeated column name gets a number")
    func columns() async throws {
        var columns: [String] = []
        try await QueryArchive.withReader { reader in
            let query = SQLQuery("SELECT r.type, f.name, r.type FROM reports r JOIN fields f USING (reportId)")
            try reader.run(query) {
                columns = $0
            } row: { _ in
                false
            }
        }
        #expect(columns == ["type", "name", "type_2"])
        #expect(try await Self.rows("SELECT count(*) FROM deliveries") == [[.integer(6)]])
    }

    @Test("body() returns the body, or NULL if there is none")
    func bodies() async throws {
        let rows = try await Self.rows(
            "SELECT body(deliveryId), body(deliveryId) FROM reports WHERE type = 'applicant'")
        #expect(rows == [[.text("body 2"), .text("body 2")]])
        #expect(try await Self.rows("SELECT body(99), body('1'), body(NULL)") == [[.null, .null, .null]])
    }

    @Test("a body that is not UTF-8 is a blob")
    func blobs() async throws {
        try await IndexArchive.with { archive in
            try await archive.commitAll([.fixture(body: .raw([0x61, 0xff]))])
            #expect(try archive.reader().rows(SQLQuery("SELECT body(1)")) == [[.blob([0x61, 0xff])]])
        }
    }

    @Test("a report has the ID that commands print")
    func reportIDs() async throws {
        try await IndexArchive.with { archive in
            try await archive.commitAll([.fixture()])
            try archive.index { _ in [.fixture(key: "a"), .fixture(key: "b")] }
            let rows = try archive.reader().rows(SQLQuery("SELECT id, reportId FROM reports ORDER BY reportId"))
            #expect(rows == [[.text("1"), .integer(1_048_577)], [.text("1.2"), .integer(1_048_578)]])
        }
    }

    @Test("the functions rfc3339, milliseconds and uuid convert times and UUIDs, and return NULL for other values")
    func functions() async throws {
        let rows = try await Self.rows(
            """
            SELECT rfc3339(1793613600250), milliseconds('2026-11-02T10:00:00.250Z'), milliseconds('1970-01-02'),
                uuid(x'019a4000000070008000000000000001'), rfc3339('x'), milliseconds('x'), milliseconds(5), uuid(x'00')
            """)
        #expect(
            rows == [
                [
                    .text("2026-11-02T10:00:00.250Z"), .integer(1_793_613_600_250), .integer(86_400_000),
                    .text("019a4000-0000-7000-8000-000000000001"), .null, .null, .null, .null,
                ]
            ])
    }

    @Test("parameters are bound by name, with their types")
    func parameters() async throws {
        let rows = try await Self.rows(
            "SELECT value FROM fields WHERE value = :text", ["text": .text(QueryArchive.hostileText)])
        #expect(rows == [[.text(QueryArchive.hostileText)]])
        let typed = try await Self.rows(
            "SELECT typeof(:a), typeof(@b), typeof($c)", ["a": .integer(1), "b": .null, "c": .real(1)])
        #expect(typed == [[.text("integer"), .text("null"), .text("real")]])
    }

    @Test("a parameter without a value, a parameter without a name and an unknown parameter are rejected")
    func wrongParameters() async throws {
        #expect(try await Self.rejection("SELECT :a") == .missingParameter("a"))
        #expect(try await Self.rejection("SELECT ?", ["a": .null]) == .missingParameter(nil))
        #expect(try await Self.rejection("SELECT ?1", ["1": .null]) == .missingParameter(nil))
        #expect(try await Self.rejection("SELECT 1", ["a": .null]) == .unknownParameter("a"))
        #expect(try await Self.rejection("SELECT :a", ["a": .null, "b": .null]) == .unknownParameter("b"))
    }

    @Test("one statement with comments runs, but empty text, several statements and very long text are rejected")
    func oneStatement() async throws {
        #expect(try await Self.rejection("SELECT 1; -- that is all\n/* really */ ;;") == nil)
        #expect(try await Self.rejection("SELECT 1; SELECT 2") == .severalStatements)
        #expect(try await Self.rejection("SELECT 1; DELETE FROM entry") == .severalStatements)
        #expect(try await Self.rejection("SELECT 1; nonsense") == .severalStatements)
        #expect(try await Self.rejection(" -- nothing\n") == .empty)
        #expect(try await Self.rejection("") == .empty)
        #expect(try await Self.rejection("SELECT '\(String(repeating: "a", count: 1_000_000))'") == .tooLong)
    }

    @Test(
        "a statement that tries to write is rejected",
        arguments: [
            "DELETE FROM entry", "INSERT INTO progress VALUES ('a', 1)", "UPDATE report SET problem = 'x'",
            "DROP TABLE report", "CREATE TABLE a (b)", "CREATE TEMP TABLE a (b)", "CREATE TEMP VIEW a AS SELECT 1",
            "CREATE VIRTUAL TABLE temp.a USING fts5(b)", "CREATE INDEX a ON report (problem)",
            "ALTER TABLE report RENAME TO r",
            "ATTACH ':memory:' AS a", "DETACH main", "VACUUM", "VACUUM INTO '/tmp/callbox-must-not-be'", "REINDEX",
            "ANALYZE",
            "BEGIN", "BEGIN IMMEDIATE", "COMMIT", "SAVEPOINT a", "PRAGMA journal_mode = DELETE",
            "PRAGMA query_only = OFF",
            "PRAGMA wal_checkpoint", "PRAGMA user_version = 9", "PRAGMA temp_store_directory = '/tmp'",
            "PRAGMA writable_schema = ON", "PRAGMA hard_heap_limit = 0", "PRAGMA optimize",
            "SELECT load_extension('/tmp/a')", "WITH a AS (SELECT 1) DELETE FROM report",
            "INSERT INTO progress VALUES ('a', 1) RETURNING *", "EXPLAIN DELETE FROM entry",
        ])
    func onlyReads(sql: String) async throws {
        let rejection = try await Self.rejection(sql)
        guard case .writes? = rejection else {
            Issue.record("\(sql) returned \(String(describing: rejection))")
            return
        }
    }

    @Test(
        "a statement that describes the schema is allowed",
        arguments: [
            "PRAGMA table_info(reports)", "SELECT name FROM pragma_table_info('reports')",
            "EXPLAIN QUERY PLAN SELECT 1",
            "SELECT name FROM sqlite_schema", "VALUES (1)", "SELECT value FROM json_each('[1]')",
            "SELECT fullkey FROM json_tree('{}')",
        ])
    func describing(sql: String) async throws {
        #expect(try await Self.rows(sql).count >= 1)
    }

    @Test("a statement cannot write the schema")
    func schemaIsNotWritten() async throws {
        await #expect(throws: QueryError.self) { try await Self.rows("UPDATE sqlite_master SET sql = 'x'") }
        await #expect(throws: QueryError.self) { try await Self.rows("DELETE FROM sqlite_master") }
    }

    @Test("a rejected statement does not write to a file")
    func nothingIsLeft() async throws {
        try await QueryArchive.withReader { reader in
            let before = try PlainConnection.open(reader.directory.journal.path) { db in
                try Int.fetchOne(db, sql: "PRAGMA data_version") ?? 0
            }
            for sql in ["DELETE FROM entry", "VACUUM INTO '\(reader.directory.path).copy'", "PRAGMA user_version = 9"] {
                #expect(throws: QueryError.self) {
                    try reader.run(SQLQuery(sql)) { _ in
                    } row: { _ in
                        true
                    }
                }
            }
            #expect(!FileManager.default.fileExists(atPath: reader.directory.path + ".copy"))
            let after = try PlainConnection.open(reader.directory.journal.path) { db in
                #expect(try Int.fetchOne(db, sql: "PRAGMA user_version") == JournalSchema.schema.format)
                #expect(try Int.fetchOne(db, sql: "SELECT count(*) FROM entry") == 6)
                return try Int.fetchOne(db, sql: "PRAGMA data_version") ?? 0
            }
            #expect(before == after)
        }
    }

    private static let endless =
        "WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c"

    @Test("an endless statement ends at its deadline, or when it is cancelled")
    func stopping() async throws {
        do {
            _ = try await Self.rows(Self.endless) { $0.deadline = .now }
            Issue.record("it ended")
        } catch QueryError.timedOut {}
        do {
            _ = try await Self.rows(Self.endless) { $0.isCancelled = { true } }
            Issue.record("it ended")
        } catch QueryError.cancelled {}
    }

    @Test("a deadline that has already passed also ends a short statement")
    func passedDeadline() async throws {
        do {
            _ = try await Self.rows("SELECT 1") { $0.deadline = .now.advanced(by: .seconds(-1)) }
            Issue.record("it ran")
        } catch QueryError.timedOut {}
    }

    @Test("an invalid statement fails with SQLite's message")
    func words() async throws {
        for (sql, words) in [
            ("SELECT * FROM nowhere", "no such table: nowhere"),
            ("SELECT \"type\" FROM fields", "no such column: type"),
            ("SELEC", "near \"SELEC\": syntax error"), ("SELECT 1 \u{0}", "the statement contains a NUL character"),
        ] {
            do {
                _ = try await Self.rows(sql)
                Issue.record("\(sql) ran")
            } catch QueryError.failed(let message) {
                #expect(message == words)
            }
        }
    }

    @Test("a damaged body is an error, not a row")
    func damagedBody() async throws {
        try await IndexArchive.with { archive in
            try await archive.commitAll([.fixture(body: .raw("body"))])
            try PlainConnection.damage(archive.directory.journal.path, "UPDATE entry SET body = x'00'")
            do {
                try archive.reader().run(SQLQuery("SELECT body(1)")) { _ in
                } row: { _ in
                    true
                }
                Issue.record("it was read")
            } catch QueryError.failed(let message) {
                #expect(message.contains("entry 1"))
            }
        }
    }

    @Test("the descriptions of the views list their columns")
    func described() async throws {
        for view in ArchiveViews.all {
            let rows = try await Self.rows("SELECT name FROM pragma_table_info(:view)", ["view": .text(view.name)])
            #expect(rows == view.columns.map { [.text($0.name)] })
        }
        let views = try await Self.rows("SELECT name FROM sqlite_temp_schema WHERE type = 'view' ORDER BY name")
        #expect(views == ArchiveViews.all.map(\.name).sorted().map { [.text($0)] })
    }
}
