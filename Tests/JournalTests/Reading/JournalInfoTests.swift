import ArchiveTestKit
import BodyCompression
import Deliveries
import TestKit
import Testing

@testable import Journal

@Suite(.offPool) struct JournalInfoTests {
    @Test("a new journal has format 1, no entries and the dictionary of heads")
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

    @Test("times, chain, gaps and dictionaries are reported, even while a writer is open")
    func used() async throws {
        let times = [0, 1000, 2000].map { Timestamp.fixture.advanced(byMilliseconds: $0) }
        try await TestArchive.with(times.map { .fixture(receivedAt: $0) }) { writer, reader in
            try writer.remove([1])
            let scope = DictionaryScope(source: "klavi", type: "income")
            let dictionary = try #require(PresetDictionary(Array("common".utf8)))
            #expect(try writer.add(dictionary, for: scope, bodyCount: 77, at: .fixture))
            let info = try JournalInfo(writer.directory.journal)
            #expect(info.firstRecordedAt == times[1])
            // The last record is the expiry record.
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
}
