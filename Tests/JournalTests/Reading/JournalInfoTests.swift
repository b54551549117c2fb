import ArchiveTestKit
import BodyCompression
import Deliveries
import Foundation
import GRDB
import TestKit
import Testing

@testable import Journal

@Suite struct JournalInfoTests {
    @Test("a new journal is empty, of format 1, with the dictionary for heads")
    func new() async throws {
        try await TestArchive.withDirectory { directory in
            try JournalWriter(directory).close()
            let info = try JournalInfo(directory.journal)
            #expect(info.format == 1)
            #expect(info.end == nil)
            #expect(info.firstRecordedAt == nil)
            #expect(info.lastRecordedAt == nil)
            #expect(info.gapCount == 0)
            #expect(info.dictionaries.map(\.scope) == [nil])
            #expect(info.fileByteCount == Int64(info.pageCount * info.pageByteCount))
            #expect(info.logByteCount == 0)
        }
    }

    @Test("times, chain, gaps and dictionaries are reported, beside a writer too")
    func used() async throws {
        let times = [0, 1000, 2000].map { Timestamp.fixture.advanced(byMilliseconds: $0) }
        try await TestArchive.with(times.map { .fixture(receivedAt: $0) }) { writer, reader in
            try writer.remove([1])
            let scope = DictionaryScope(source: "klavi", type: "income")
            let dictionary = try #require(PresetDictionary(Array("common".utf8)))
            #expect(try writer.add(dictionary, for: scope, bodyCount: 77, at: .fixture))
            let info = try JournalInfo(writer.directory.journal)
            #expect(info.firstRecordedAt == times[1])
            // The expiry record's.
            #expect(info.lastRecordedAt == .fixture)
            #expect(info.end == (try reader.verify().end))
            #expect(info.gapCount == 1)
            #expect(info.logByteCount > 0)
            let last = try #require(info.dictionaries.last)
            #expect(last.scope == scope)
            #expect(last.byteCount == 6)
            #expect(last.bodyCount == 77)
            #expect(last.createdAt == .fixture)
        }
    }

    @Test("a file of an unknown format is rejected, and the format named")
    func newer() async throws {
        try await TestArchive.withDirectory { directory in
            try JournalWriter(directory).close()
            try PlainConnection.open(directory.journal.path) { try $0.execute(sql: "PRAGMA user_version = 7") }
            #expect(throws: ArchiveError.unknownFormat(path: directory.journal.path, format: 7)) {
                try JournalInfo(directory.journal)
            }
        }
    }

    @Test("a foreign file is rejected, and a missing one reported")
    func foreign() async throws {
        try await TestArchive.withDirectory { directory in
            let path = directory.journal.path
            #expect(throws: ArchiveError.missing(path: path)) { try JournalInfo(directory.journal) }
            try PlainConnection.open(path) { try $0.execute(sql: "CREATE TABLE mine (x)") }
            #expect(throws: ArchiveError.notAnArchive(path: path)) { try JournalInfo(directory.journal) }
            try Data(repeating: 0x61, count: 5000).write(to: URL(filePath: path))
            #expect(throws: ArchiveError.notAnArchive(path: path)) { try JournalInfo(directory.journal) }
        }
    }
}
