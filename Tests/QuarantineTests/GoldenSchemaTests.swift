import ArchiveTestKit
import GRDB
import Journal
import Quarantine
import Testing

@Suite struct GoldenSchemaTests {
    @Test("a new quarantine is made of the statements in storage/schema.sql, in their order")
    func newFile() async throws {
        let golden = try GoldenSchema(of: "quarantine.sqlite")
        try await TestArchive.withDirectory { directory in
            try QuarantineWriter(directory).close()
            try PlainConnection.open(directory.quarantinePath) { db in
                let statements = try String.fetchAll(
                    db,
                    sql:
                        "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY rowid"
                )
                #expect(statements == golden.statements(beginningWith: "CREATE"))
                let identity = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
                let format = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
                #expect(identity == 0x4342_7175)
                #expect(
                    golden.statements(beginningWith: "PRAGMA") == [
                        "PRAGMA application_id = \(identity)", "PRAGMA user_version = \(format)",
                    ])
            }
        }
    }

    @Test("storage/schema.sql alone makes a quarantine that Callbox opens")
    func goldenFile() async throws {
        let golden = try GoldenSchema(of: "quarantine.sqlite")
        try await TestArchive.withDirectory { directory in
            try PlainConnection.open(directory.quarantinePath) { db in
                for statement in golden.statements { try db.execute(sql: statement) }
            }
            let writer = try QuarantineWriter(directory)
            defer { writer.close() }
            #expect(writer.add(.fixture()))
            #expect(try writer.delete(nil) == 1)
        }
    }
}
