import ArchiveTestKit
import Deliveries
import Foundation
import GRDB
import TestKit
import Testing

@testable import Journal

@Suite(.offPool) struct CheckpointTests {
    private static func byteCount(_ path: String) throws -> Int {
        try Data(contentsOf: URL(filePath: path)).count
    }

    @Test("the number of log bytes to copy grows with each commit, even after SQLite restarts the log")
    func uncopied() async throws {
        try await TestArchive.withDirectory { directory in
            let connection = try WritingConnection(
                directory.path + "/counted.sqlite", JournalSchema.schema, durability: .everyCommit)
            defer { connection.close() }
            func commit(_ position: Int) throws {
                try connection.run { db in
                    try db.execute(sql: "REPLACE INTO progress (name, position) VALUES ('a', ?)", arguments: [position])
                }
            }
            for position in 1...20 { try commit(position) }
            for _ in 0..<2 {
                try connection.checkpoint()
                #expect(connection.uncopiedByteCount == 0)
                var last = 0
                for position in 1...60 {
                    try commit(position)
                    #expect(connection.uncopiedByteCount > last)
                    last = connection.uncopiedByteCount
                }
            }
        }
    }

    @Test("the log stays within its limit under load")
    func bound() async throws {
        let mebibyte = 1 << 20
        var generator = SplitMix64(seed: 2)
        let body = EncodedBody.raw(generator.bytes(mebibyte))
        try await TestArchive.withDirectory { directory in
            try await TestArchive.withWriter(at: directory) { writer in
                for _ in 0..<20 { try await writer.commitAll((0..<8).map { _ in .fixture(body: body) }) }
                // The limit is 32 MiB plus one commit.
                #expect(try Self.byteCount(directory.journal.path + "-wal") < 48 * mebibyte)
            }
        }
    }

    @Test("the log is copied to the file as it grows, and is empty after the writer was closed")
    func checkpoint() async throws {
        let mebibyte = 1 << 20
        var generator = SplitMix64(seed: 1)
        let body = EncodedBody.raw(generator.bytes(mebibyte / 4))
        try await TestArchive.withDirectory { directory in
            try await TestArchive.withWriter(at: directory) { writer in
                try await writer.commitAll([.fixture(body: body)])
                #expect(try Self.byteCount(directory.journal.path) < mebibyte / 4)
                try await writer.commitAll((0..<79).map { _ in .fixture(body: body) })
                // The checkpoint is made between two responses.
                try await writer.commitAll([.fixture()])
                #expect(try Self.byteCount(directory.journal.path) > 2 * mebibyte)
            }
            #expect(try Self.byteCount(directory.journal.path) > 20 * mebibyte)
            #expect(try JournalReader(directory.journal).verify().deliveryCount == 81)
        }
    }
}
