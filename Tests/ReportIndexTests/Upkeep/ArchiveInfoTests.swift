import BodyCompression
import Deliveries
import Foundation
import GRDB
import TestKit
import Testing

@testable import ReportArchive

/// What a file says of itself.
@Suite struct ArchiveInfoTests {
    @Test("a new archive is empty, of today's version, with the dictionary for heads")
    func new() async throws {
        try await TestArchive.withLocation { location in
            try ArchiveWriter(location).close()
            let info = try ArchiveInfo(location)
            #expect(info.schemaVersion == 1)
            #expect(info.end == nil)
            #expect(info.firstReceivedAt == nil)
            #expect(info.lastReceivedAt == nil)
            #expect(info.gapCount == 0)
            #expect(info.heldCount == 0)
            #expect(info.dictionaries.map(\.scope) == [nil])
            #expect(info.fileByteCount == Int64(info.pageCount * info.pageByteCount))
            #expect(info.logByteCount == 0)
        }
    }

    @Test("times, chain, gaps, holds that hold and dictionaries are told, beside a writer too")
    func used() async throws {
        let deliveries = [
            UpkeepArchive.delivery(key: "1", daysOld: 100), UpkeepArchive.delivery(key: "2", daysOld: 9),
            UpkeepArchive.delivery(key: "3", daysOld: 5),
        ]
        try await UpkeepArchive.with(deliveries) { writer, reader in
            try writer.prune(by: .of(keepMetadata: 50))
            let held = try writer.placeHold(on: .delivery(DeliveryID(rawValue: 2)), reason: "x", at: .fixture)
            _ = try writer.placeHold(on: .delivery(DeliveryID(rawValue: 3)), reason: "x", at: .fixture)
            _ = try writer.releaseHold(held, at: .fixture)
            let scope = DictionaryScope(source: "klavi", kind: "income")
            let dictionary = try #require(PresetDictionary(Array("common".utf8)))
            _ = try writer.add(dictionary, for: scope, bodyCount: 77, at: .fixture)
            let info = try ArchiveInfo(writer.location)
            #expect(info.firstReceivedAt == deliveries[1].receivedAt)
            #expect(info.lastReceivedAt == deliveries[2].receivedAt)
            #expect(info.end == (try reader.check().end))
            #expect(info.gapCount == 1)
            #expect(info.heldCount == 1)
            #expect(info.logByteCount > 0)
            let last = try #require(info.dictionaries.last)
            #expect(last.scope == scope)
            #expect(last.byteCount == 6)
            #expect(last.bodyCount == 77)
            #expect(last.createdAt == .fixture)
        }
    }

    @Test("the chain's end is told where the newest deliveries were pruned whole")
    func allPruned() async throws {
        try await UpkeepArchive.with([UpkeepArchive.delivery(key: "1")]) { writer, _ in
            let before = try ArchiveInfo(writer.location).end
            try writer.prune(by: .of(keepMetadata: 1))
            let info = try ArchiveInfo(writer.location)
            #expect(info.end == before)
            #expect(info.firstReceivedAt == nil)
        }
    }

    @Test("a file of a newer version is refused, and the version named")
    func newer() async throws {
        try await TestArchive.withLocation { location in
            try ArchiveWriter(location).close()
            try PlainConnection.open(location) { try $0.execute(sql: "PRAGMA user_version = 2") }
            #expect(throws: ArchiveError.newerSchema(path: location.path, version: 2)) { try ArchiveInfo(location) }
        }
    }

    @Test("what is no archive is refused, and what is not there is missing")
    func foreign() async throws {
        try await TestArchive.withLocation { location in
            #expect(throws: ArchiveError.missing(path: location.path)) { try ArchiveInfo(location) }
            try PlainConnection.open(location) { try $0.execute(sql: "CREATE TABLE mine (x)") }
            #expect(throws: ArchiveError.notAnArchive(path: location.path)) { try ArchiveInfo(location) }
            try Data(repeating: 0x61, count: 5000).write(to: URL(filePath: location.path))
            #expect(throws: ArchiveError.notAnArchive(path: location.path)) { try ArchiveInfo(location) }
        }
    }
}
