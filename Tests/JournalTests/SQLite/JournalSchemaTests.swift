import ArchiveTestKit
import GRDB
import Journal
import TestKit
import Testing

@Suite(.offPool) struct JournalSchemaTests {
    @Test("a new journal has the application ID CBox and a format number, even if only journal.sql created it")
    func marks() async throws {
        try await TestArchive.withDirectory { directory in
            try JournalWriter(directory).close()
            let byStep = try DatabaseQueue()
            try byStep.writeWithoutTransaction { try $0.execute(sql: JournalSchema.schema.steps[0]) }
            #expect(try PlainConnection.open(directory.journal.path, Self.marks) == [0x4342_6f78, 1])
            #expect(try byStep.read(Self.marks) == [0x4342_6f78, 1])
        }
    }

    private static func marks(_ db: Database) throws -> [Int] {
        try ["application_id", "user_version"].compactMap { try Int.fetchOne(db, sql: "PRAGMA \($0)") }
    }
}
