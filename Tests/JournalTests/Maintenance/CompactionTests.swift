import ArchiveTestKit
import BodyCompression
import Deliveries
import Foundation
import GRDB
import TestKit
import Testing

@testable import Journal

@Suite(.offPool) struct CompactionTests {
    private static let klavi = DictionaryScope(source: "klavi", type: nil)

    private static func bodies(_ count: Int, seed: UInt64 = 1) -> [[UInt8]] {
        var like = LikeBodies(seed: seed)
        return (0..<count).map { _ in like.next("income") }
    }

    /// A dictionary built from 20 bodies that this seed generates.
    private static func dictionary(seed: UInt64) throws -> PresetDictionary {
        try #require(PresetDictionary(Array(bodies(20, seed: seed).joined().suffix(8000))))
    }

    @discardableResult
    private static func addDictionary(_ writer: JournalWriter, seed: UInt64 = 2) throws -> UInt32 {
        let dictionary = try dictionary(seed: seed)
        #expect(try writer.add(dictionary, for: klavi, bodyCount: 20, at: .fixture))
        return dictionary.checksum
    }

    /// A journal of similar bodies, and a dictionary that was added after them.
    private static func withDictionary(
        _ count: Int = 80, _ body: (JournalWriter, JournalReader, [[UInt8]]) async throws -> Void
    ) async throws {
        let bodies = bodies(count)
        try await TestArchive.with(bodies.map { .fixture(body: .encoded($0)) }) { writer, reader in
            try addDictionary(writer)
            try await body(writer, reader, bodies)
        }
    }

    private static func storedByteCount(_ reader: JournalReader) throws -> Int64 {
        try reader.number("SELECT sum(length(body)) FROM entry")
    }

    @Test("compaction shrinks bodies without changing them or the chain, and a second run changes nothing")
    func compaction() async throws {
        try await Self.withDictionary { writer, reader, bodies in
            let before = try Self.storedByteCount(reader)
            let end = try reader.verify().end
            let slice = try writer.compact(after: nil, reader, retiring: []) { _ in nil }
            #expect(slice.last == 80)
            #expect(slice.bodyCount == 80)
            #expect(slice.rewrittenCount > 70)
            #expect(slice.byteCountBefore == before)
            #expect(try Self.storedByteCount(reader) == slice.byteCountAfter)
            #expect(slice.byteCountAfter < before * 3 / 4)
            for (index, body) in bodies.enumerated() {
                #expect(try reader.delivery(Int64(index) + 1)?.request.body == body)
            }
            #expect(try reader.verify(against: end).findings == [])
            #expect(try writer.compact(after: slice.last, reader, retiring: []) { _ in nil }.last == nil)
            #expect(try writer.compactAll(reader).rewrittenCount == 0)
        }
    }

    @Test("without a dictionary, raw bodies are compressed if that makes them smaller")
    func rawBodies() async throws {
        let text = [UInt8](repeating: 0x61, count: 5000)
        try await TestArchive.with([
            .fixture(body: .raw(text)), .fixture(body: .raw("")), .fixture(body: .raw("short")),
        ]) { writer, reader throws in
            #expect(try writer.compactAll(reader).rewrittenCount == 1)
            #expect(try reader.strings("SELECT encoding FROM entry ORDER BY position") == ["1", "0", "0"])
            #expect(try reader.delivery(1)?.request.body == text)
            #expect(try reader.verify().findings == [])
        }
    }

    @Test("a stopped compaction continues at its position, even after a restart")
    func position() async throws {
        try await TestArchive.withDirectory { directory in
            try await TestArchive.withWriter(at: directory) { writer in
                try await writer.commitTogether(Self.bodies(300).map { .fixture(body: .encoded($0)) })
                try Self.addDictionary(writer)
                #expect(try writer.compactionPosition() == nil)
                let slice = try writer.compact(after: nil, writer.reader(), retiring: []) { _ in nil }
                #expect(slice.last == 256)
                #expect(slice.rewrittenCount > 200)
            }
            try await TestArchive.withWriter(at: directory) { writer in
                #expect(try writer.compactionPosition() == 256)
                let reader = try writer.reader()
                let rest = try writer.compact(after: 256, reader, retiring: []) { _ in nil }
                #expect(rest.last == 300)
                #expect(rest.rewrittenCount > 30)
                #expect(try writer.compact(after: rest.last, reader, retiring: []) { _ in nil }.last == nil)
                #expect(try writer.compactionPosition() == nil)
                #expect(try reader.verify().findings == [])
            }
        }
    }

    @Test(
        "a compaction that starts after the end of the journal changes nothing",
        arguments: [81, 1 << 43, Int64.max - 1, .max])
    func afterTheEnd(position: Int64) async throws {
        try await Self.withDictionary(8) { writer, reader, _ in
            let slice = try writer.compact(after: position, reader, retiring: []) { _ in nil }
            #expect(slice.last == nil)
            #expect(slice.bodyCount == 0)
        }
    }

    @Test("pruned bodies and records are not changed")
    func prunedBodies() async throws {
        try await Self.withDictionary { writer, reader, _ in
            try writer.prune([1])
            let rows = "SELECT hex(body) || encoding FROM entry WHERE position IN (1, 81)"
            let before = try reader.strings(rows)
            #expect(try writer.compactAll(reader).rewrittenCount > 70)
            #expect(try reader.strings(rows) == before)
            #expect(try reader.verify().findings == [])
        }
    }

    @Test("a body that is pruned during a compaction stays pruned, and a removed entry stays removed")
    func prunedMeanwhile() async throws {
        try await Self.withDictionary { writer, reader, _ in
            // `type` is called between reading and writing, so this removal happens in between.
            _ = try writer.compact(after: nil, reader, retiring: []) { id in
                if id.rawValue == 1 {
                    _ = try? writer.prune([1])
                    _ = try? writer.remove([2])
                }
                return nil
            }
            #expect(try reader.strings("SELECT encoding FROM entry WHERE position <= 2") == ["2"])
            #expect(try reader.number("SELECT count(*) FROM gap") == 1)
            #expect(try reader.verify().findings == [])
        }
    }

    @Test("a damaged body is not changed")
    func damaged() async throws {
        try await Self.withDictionary { writer, reader, _ in
            try PlainConnection.damage(
                writer.directory.journal.path,
                """
                UPDATE entry SET body = CAST(body || x'00' AS BLOB) WHERE position = 3;
                UPDATE entry SET encoding = 0, body = zeroblob(9000) WHERE position = 4
                """)
            let rows = "SELECT hex(body) FROM entry WHERE position IN (3, 4)"
            let before = try reader.strings(rows)
            #expect(try writer.compactAll(reader).rewrittenCount > 70)
            #expect(try reader.strings(rows) == before)
            #expect(try reader.verify().findings.count == 2)
        }
    }

    @Test("a replaced dictionary is retired after all bodies were compressed without it")
    func retiring() async throws {
        try await Self.withDictionary { writer, reader, bodies in
            let first = try Self.dictionary(seed: 2).checksum
            #expect(try writer.compactAll(reader).dictionaries == [first])
            #expect(try writer.replacedDictionaries() == [])
            let second = try Self.addDictionary(writer, seed: 3)
            #expect(try writer.replacedDictionaries() == [first])
            let run = try writer.compactAll(reader, retiring: [first])
            #expect(!run.dictionaries.contains(first))
            #expect(try writer.retire([first], scannedUpTo: run.last) == [first])
            let left = try reader.strings("SELECT CAST(checksum AS TEXT) FROM dictionary WHERE source IS NOT NULL")
            #expect(left == [String(second)])
            // Uses a new reader, which has not cached the retired dictionary.
            let fresh = try writer.reader()
            for (index, body) in bodies.enumerated() {
                #expect(try fresh.delivery(Int64(index) + 1)?.request.body == body)
            }
            #expect(try fresh.verify().findings == [])
        }
    }

    @Test("a dictionary that a later body needs is not retired")
    func neededByLaterBody() async throws {
        try await Self.withDictionary(5) { writer, reader, bodies in
            let first = try Self.dictionary(seed: 2)
            _ = try Self.addDictionary(writer, seed: 3)
            let run = try writer.compactAll(reader, retiring: [first.checksum])
            let late = EncodedBody.encoded(bodies[0], with: ZlibCompressor(dictionary: first))
            try #require(DictionaryCache.checksum(namedBy: late.storedBytes) == first.checksum)
            try await writer.commitAll([.fixture(body: late)])
            #expect(try writer.retire([first.checksum], scannedUpTo: run.last) == [])
            #expect(try writer.reader().delivery(6)?.request.body == bodies[0])
        }
    }

    @Test("only the delivery that needs a retired dictionary is rejected")
    func arrivesAfterRetirement() async throws {
        try await Self.withDictionary(5) { writer, reader, bodies in
            let first = try Self.dictionary(seed: 2)
            _ = try Self.addDictionary(writer, seed: 3)
            let run = try writer.compactAll(reader, retiring: [first.checksum])
            #expect(try writer.retire([first.checksum], scannedUpTo: run.last) == [first.checksum])
            let late = EncodedBody.encoded(bodies[0], with: ZlibCompressor(dictionary: first))
            let held = try writer.hold()
            async let good = writer.outcome(of: .fixture())
            async let bad = writer.outcome(of: .fixture(body: late))
            held.release()
            #expect(await bad.rejection == .storageFailed)
            #expect(await good.id == 6)
            #expect(await writer.outcome(of: .fixture()).id == 7)
            #expect(try reader.verify().findings == [])
        }
    }

    @Test("the dictionary of heads is never retired")
    func headDictionary() async throws {
        try await Self.withDictionary(1) { writer, reader, _ in
            let heads = try UInt32(
                truncatingIfNeeded: reader.number("SELECT checksum FROM dictionary WHERE source IS NULL"))
            #expect(try writer.retire([heads], scannedUpTo: 1) == [])
            #expect(try reader.number("SELECT count(*) FROM dictionary WHERE source IS NULL") == 1)
        }
    }
}

extension JournalWriter {
    /// Compacts one slice after another, like the command.
    fileprivate func compactAll(
        _ reader: JournalReader, retiring: Set<UInt32> = []
    ) throws -> (rewrittenCount: Int, dictionaries: Set<UInt32>, last: Int64) {
        var run = (rewrittenCount: 0, dictionaries: Set<UInt32>(), last: Int64(0))
        while true {
            let slice = try compact(after: run.last, reader, retiring: retiring) { _ in nil }
            guard let end = slice.last else { return run }
            run.rewrittenCount += slice.rewrittenCount
            run.dictionaries.formUnion(slice.dictionaries)
            run.last = end
        }
    }
}
