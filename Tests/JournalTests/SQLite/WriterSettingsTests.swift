import ArchiveTestKit
import Deliveries
import GRDB
import TestKit
import Testing

@testable import Journal

@Suite(.offPool) struct WriterSettingsTests {
    private static func setting(_ name: String, _ writer: JournalWriter) throws -> String? {
        try writer.withDatabase { try String.fetchOne($0, sql: "PRAGMA \(name)") }
    }

    @Test(
        "the writing connection has the settings that durability and safety require",
        arguments: [
            ("synchronous", "2"), ("journal_mode", "wal"), ("mmap_size", "0"), ("wal_autocheckpoint", "0"),
            ("auto_vacuum", "2"), ("foreign_keys", "1"), ("trusted_schema", "0"), ("secure_delete", "1"),
            ("cell_size_check", "1"),
        ])
    func setting(name: String, value: String) async throws {
        try await TestArchive.withWriter { writer throws in
            #expect(try Self.setting(name, writer) == value)
        }
    }

    @Test("the settings are the same after a failure")
    func afterFailure() async throws {
        try await TestArchive.withWriter { writer async throws in
            #expect(await writer.outcome(of: .fixture(source: "")).rejection == .storageFailed)
            #expect(await writer.outcome(of: .fixture()).id == 1)
            #expect(try Self.setting("synchronous", writer) == "2")
        }
    }

    @Test("SQL on the writing connection cannot edit the schema itself")
    func defensive() async throws {
        try await TestArchive.withWriter { writer throws -> Void in
            #expect(throws: ArchiveError.self) {
                try writer.withDatabase { db in
                    try db.execute(sql: "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = ''")
                }
            }
        }
    }

    @Test("a reading connection cannot write")
    func readerIsReadOnly() async throws {
        try await TestArchive.withWriter { writer in
            let reader = try writer.reader()
            #expect(throws: ArchiveError.cannotOpen(path: writer.directory.journal.path, reason: "it is not writable"))
            {
                try reader.read { try $0.execute(sql: "DELETE FROM progress") }
            }
        }
    }

    @Test("SQLite accepts a row with the longest body and the longest head")
    func rowLimit() async throws {
        let byteCount = JournalSchema.bodyByteCountLimit + (16 << 20)
        try await TestArchive.withWriter { writer throws in
            let length = try writer.withDatabase { try Int.fetchOne($0, sql: "SELECT length(zeroblob(\(byteCount)))") }
            #expect(length == byteCount)
        }
    }
}
