import ArchiveTestKit
import GRDB
import Journal
import TestKit
import Testing

@Suite struct GoldenSchemaTests {
    private static let objects =
        "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY rowid"

    @Test("a new journal is made of the statements in storage/schema.sql, in their order")
    func newJournal() async throws {
        let golden = try GoldenSchema(of: "journal.sqlite")
        try await TestArchive.withDirectory { directory in
            try JournalWriter(directory).close()
            try PlainConnection.open(directory.journal.path) { db in
                let statements = try String.fetchAll(db, sql: Self.objects)
                #expect(statements == golden.statements(beginningWith: "CREATE"))
            }
        }
    }

    @Test("storage/schema.sql alone makes a journal that Callbox opens, writes and reads")
    func goldenFile() async throws {
        let golden = try GoldenSchema(of: "journal.sqlite")
        try await TestArchive.withDirectory { directory in
            try PlainConnection.open(directory.journal.path) { db in
                for statement in golden.statements { try db.execute(sql: statement) }
            }
            try await TestArchive.withWriter(at: directory) { writer in
                #expect(await writer.outcome(of: .fixture()).id == 1)
            }
            #expect(try JournalReader(directory.journal).verify().findings == [])
        }
    }

    @Test("the file is marked as CBox with its format")
    func marks() async throws {
        let golden = try GoldenSchema(of: "journal.sqlite")
        try await TestArchive.withDirectory { directory in
            try JournalWriter(directory).close()
            try PlainConnection.open(directory.journal.path) { db in
                let identity = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
                let format = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
                #expect(identity == 0x4342_6f78)
                #expect(format == 1)
                #expect(
                    golden.statements(beginningWith: "PRAGMA") == [
                        "PRAGMA application_id = \(identity)", "PRAGMA user_version = \(format)",
                    ])
            }
        }
    }
}
