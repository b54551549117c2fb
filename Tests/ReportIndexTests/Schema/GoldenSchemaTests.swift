import GRDB
import ReportArchive
import TestKit
import Testing

@Suite struct GoldenSchemaTests {
    private static let objects =
        "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY rowid"

    @Test("a new archive is made of the statements in storage/schema.sql, in their order")
    func newArchive() async throws {
        let golden = try GoldenSchema()
        try await TestArchive.withLocation { location in
            try ArchiveWriter(location).close()
            try PlainConnection.open(location) { db in
                let statements = try String.fetchAll(db, sql: Self.objects)
                #expect(statements == golden.statements(beginningWith: "CREATE"))
            }
        }
    }

    @Test("storage/schema.sql alone makes a file that Callbox opens, writes and reads")
    func goldenFile() async throws {
        let golden = try GoldenSchema()
        try await TestArchive.withLocation { location in
            try PlainConnection.open(location) { db in
                for statement in golden.statements { try db.execute(sql: statement) }
            }
            try await TestArchive.withWriter(at: location) { writer in
                #expect(await writer.outcome(of: .fixture()).id == 1)
            }
            #expect(try ArchiveReader(location).check().findings == [])
        }
    }

    @Test("the file says what it is: CBox, and the version of its schema")
    func marks() async throws {
        let golden = try GoldenSchema()
        try await TestArchive.withLocation { location in
            try ArchiveWriter(location).close()
            try PlainConnection.open(location) { db in
                let identity = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
                let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
                #expect(identity == 0x4342_6f78)
                #expect(version == 1)
                #expect(
                    golden.statements(beginningWith: "PRAGMA") == [
                        "PRAGMA application_id = \(identity)", "PRAGMA user_version = \(version)",
                    ])
            }
        }
    }
}
