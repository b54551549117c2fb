import Deliveries
import GRDB
import TestKit
import Testing

@testable import ReportArchive

@Suite struct WriterSettingsTests {
    @Test(
        "the writing connection keeps the settings that durability rests on",
        arguments: [
            ("synchronous", "2"), ("journal_mode", "wal"), ("mmap_size", "0"), ("wal_autocheckpoint", "0"),
            ("auto_vacuum", "2"), ("foreign_keys", "0"),
        ])
    func setting(name: String, value: String) async throws {
        try await TestArchive.withWriter { writer in
            let setting = try writer.perform { try String.fetchOne($0, sql: "PRAGMA \(name)") }
            #expect(setting == value)
        }
    }

    @Test("the settings hold after the connection was opened anew because storage failed")
    func afterFailure() async throws {
        try await TestArchive.withWriter { writer in
            #expect(await writer.outcome(of: .fixture(source: "")).refusal == .storageFailed)
            #expect(await writer.outcome(of: .fixture()).id == 1)
            let setting = try writer.perform { try Int.fetchOne($0, sql: "PRAGMA synchronous") }
            #expect(setting == 2)
        }
    }

    @Test("a reading connection cannot write")
    func readerIsReadOnly() async throws {
        try await TestArchive.withWriter { writer in
            let reader = try ArchiveReader(writer.location)
            let failure = #expect(throws: ArchiveReadFailure.self) {
                try reader.read { try $0.execute(sql: "DELETE FROM report") }
            }
            guard case .archive(.cannotOpen) = failure else {
                Issue.record("\(String(describing: failure))")
                return
            }
        }
    }
}
