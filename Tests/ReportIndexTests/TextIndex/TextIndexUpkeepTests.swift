import Deliveries
import GRDB
import TestKit
import Testing

@testable import ReportArchive

@Suite("The index of texts and what else is done to an archive")
struct TextIndexUpkeepTests {
    private static func decision(_ extent: PruningDecision.Extent) -> PruningDecision {
        PruningDecision(
            id: DeliveryID(rawValue: 1100), receivedAt: .fixture, source: "klavi", kinds: [], extent: extent,
            byteCount: 1,
            reason: "old")
    }

    private static func withIndex(_ body: (ArchiveWriter, ArchiveReader) async throws -> Void) async throws {
        try await TextIndexArchive.with { writer, reader in
            _ = try writer.addTextIndex(of: "klavi")
            try writer.indexAllTexts(reader)
            try await body(writer, reader)
        }
    }

    private static func blocks(_ writer: ArchiveWriter) throws -> [Int64] {
        try writer.perform { try Int64.fetchAll($0, sql: "SELECT DISTINCT block FROM textGram ORDER BY 1") }
    }

    @Test("what is pruned takes its block out with it, and it is indexed anew without it", arguments: [false, true])
    func pruning(isWhole: Bool) async throws {
        try await Self.withIndex { writer, reader in
            #expect(try Self.blocks(writer) == [0, 1])
            let before = try reader.having(["\":\"a"])
            #expect(try writer.prune([Self.decision(isWhole ? .everything : .body)], at: .fixture).count == 1)
            #expect(try Self.blocks(writer) == [0])
            let wanted = before.found.filter { $0 != 1100 }
            #expect(try reader.having(["\":\"a"]).found == wanted)
            #expect(try writer.indexAllTexts(reader) == 1)
            let after = try reader.having(["\":\"a"])
            #expect(after.found == wanted)
            #expect(after.counts?.skipped == (isWhole ? 0 : 1))
        }
    }

    @Test("what is pruned while its block is being indexed is not written")
    func prunedMeanwhile() async throws {
        try await Self.withIndex { writer, reader in
            let writing = TextBlockWriting(index: 1, block: 1)
            try writer.perform(isRebuildable: true) { try writing.beginPart($0, $1) }
            writing.take(try reader.textBlock(1, of: "klavi"))
            _ = try writer.prune([Self.decision(.body)], at: .fixture)
            try writer.perform(isRebuildable: true) { try writing.writePart($0, $1) }
            #expect(!writing.isWritten)
            #expect(try Self.blocks(writer) == [0])
        }
    }

    @Test("a block that was cut off counts for nothing, and is begun anew", arguments: [1, 300])
    func cutOff(rowCount: Int) async throws {
        try await Self.withIndex { writer, reader in
            let before = try reader.having(["aé"]).found
            try writer.perform { db in
                try db.execute(sql: "UPDATE textBlock SET claim = 7 WHERE block = 1")
                try db.execute(
                    sql: "DELETE FROM textGram WHERE block = 1 AND gram > (SELECT gram FROM textGram LIMIT 1 OFFSET ?)",
                    arguments: [rowCount])
            }
            #expect(try reader.having(["aé"]).found == before)
            #expect(try reader.textIndexes().first?.blockCount == 1)
            #expect(try writer.indexAllTexts(reader) == 1)
            #expect(try reader.having(["aé"]).found == before)
            #expect(try ArchiveReader(writer.location).check().findings == [])
        }
    }

    @Test("a rebuild leaves it as it is, and a drop that was cut off is finished by the next work")
    func rebuiltAndDropped() async throws {
        try await Self.withIndex { writer, reader in
            let before = try reader.having(["\":\"a"])
            let rows = try writer.rowCounts()
            try writer.clearProjection()
            try Projector(writer) { [.fixture(key: "\($0.id)")] }.catchUp()
            #expect(try writer.rowCounts() == rows)
            #expect(try reader.having(["\":\"a"]).found == before.found)
            try writer.perform { db in
                try db.execute(sql: "UPDATE textIndex SET isDropped = 1")
                try db.execute(sql: "DELETE FROM textBlock")
            }
            #expect(try reader.having(["\":\"a"]).counts?.scanned == TextIndexArchive.count)
            #expect(try writer.indexNextTexts(reader) == nil)
            #expect(try writer.rowCounts() == [0, 0, 0])
        }
    }

    @Test("a repeat's body, kept once, is found wherever it came; a damaged one is opened again")
    func sharedAndDamaged() async throws {
        try await Self.withIndex { writer, reader in
            try writer.perform { db in
                try db.execute(
                    sql: "UPDATE body SET encoding = 'same', sameAs = 2, bytes = x'' WHERE journalId = 1200")
                try db.execute(
                    sql: """
                        UPDATE body SET bytes = CAST('{"a":"needle"}' AS BLOB) WHERE journalId = 2
                        """)
                try db.execute(sql: "DELETE FROM textBlock")
                for id in [2, 1200] {
                    try db.execute(sql: "DROP TRIGGER IF EXISTS journalIsNeverChanged")
                    try db.execute(
                        sql: "UPDATE journal SET bodyByteCount = 14, bodySHA256 = ? WHERE id = ?",
                        arguments: [Blob(SealedBody.raw(#"{"a":"needle"}"#).sha256), id])
                }
                try db.execute(sql: "UPDATE body SET bytes = x'00' WHERE journalId = 3 AND encoding = 'raw'")
            }
            try writer.indexAllTexts(reader)
            let after = try reader.having(["needle"])
            #expect(after.found == [1200, 2])
            #expect(after.counts?.damaged == 1)
        }
    }
}
