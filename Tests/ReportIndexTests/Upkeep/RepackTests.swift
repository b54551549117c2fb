import BodyCompression
import Deliveries
import Foundation
import GRDB
import TestKit
import Testing

@testable import ReportArchive

/// Old bodies, compressed anew.
@Suite struct RepackTests {
    private static let klavi = DictionaryScope(source: "klavi", kind: nil)

    private static func deliveries(_ count: Int, seed: UInt64 = 1) -> ([SealedDelivery], [[UInt8]]) {
        var like = LikeBodies(seed: seed)
        let bodies = (0..<count).map { _ in like.next("income") }
        let deliveries = bodies.enumerated().map { index, body in
            UpkeepArchive.delivery(key: "\(index)", body: .sealed(body))
        }
        return (deliveries, bodies)
    }

    /// Runs `body` with an archive of bodies that have much in common, and a dictionary that came too late for them.
    private static func withTrained(
        _ count: Int = 80, _ body: (ArchiveWriter, ArchiveReader, [[UInt8]]) async throws -> Void
    ) async throws {
        let (deliveries, bodies) = deliveries(count)
        try await UpkeepArchive.with(deliveries) { writer, reader in
            #expect(try writer.train(klavi).dictionary != nil)
            try await body(writer, reader, bodies)
        }
    }

    private static func storedByteCount(_ reader: ArchiveReader) throws -> Int64 {
        try reader.number("SELECT sum(length(bytes)) FROM body")
    }

    @Test("bodies read back byte for byte and take less room; a second run finds nothing to do")
    func repack() async throws {
        try await Self.withTrained { writer, reader, bodies in
            let before = try Self.storedByteCount(reader)
            let slice = try writer.repack(after: nil, reader)
            #expect(slice.last?.rawValue == 80)
            #expect(slice.bodyCount == 80)
            #expect(slice.repackedCount > 70)
            #expect(slice.byteCountBefore == before)
            #expect(try Self.storedByteCount(reader) == slice.byteCountAfter)
            #expect(slice.byteCountAfter < before * 3 / 4)
            for (index, body) in bodies.enumerated() {
                #expect(try reader.delivery(DeliveryID(rawValue: Int64(index) + 1))?.request.body == body)
            }
            #expect(try reader.check().findings == [])
            #expect(try writer.repack(after: slice.last, reader).last == nil)
            #expect(try writer.repackAll() == 0)
        }
    }

    @Test("without a dictionary little is to be gained from what is compressed, and much from what is not")
    func rawBodies() async throws {
        let text = [UInt8](repeating: 0x61, count: 5000)
        try await UpkeepArchive.with([
            UpkeepArchive.delivery(key: "1", body: .raw(text)), UpkeepArchive.delivery(key: "2", body: .raw("")),
            UpkeepArchive.delivery(key: "3", body: .raw("short")),
        ]) { writer, reader throws in
            #expect(try writer.repackAll() == 1)
            #expect(try reader.strings("SELECT encoding FROM body ORDER BY journalId") == ["zlib", "raw", "raw"])
            #expect(try reader.delivery(DeliveryID(rawValue: 1))?.request.body == text)
            #expect(try reader.check().findings == [])
        }
    }

    @Test(
        "a run that was stopped goes on where it was, after a restart too, and from the start where that is asked for")
    func position() async throws {
        try await TestArchive.withLocation { location in
            try await TestArchive.withWriter(at: location) { writer in
                try await writer.commitTogether(Self.deliveries(300).0)
                try writer.project()
                try writer.train(Self.klavi)
                #expect(try writer.repackPosition() == nil)
                let slice = try writer.repack(after: nil, ArchiveReader(location))
                #expect(slice.last?.rawValue == 256)
                #expect(slice.repackedCount > 200)
            }
            try await TestArchive.withWriter(at: location) { writer in
                let position = try #require(try writer.repackPosition())
                #expect(position.rawValue == 256)
                let reader = try ArchiveReader(location)
                let rest = try writer.repack(after: position, reader)
                #expect(rest.last?.rawValue == 300)
                #expect(rest.repackedCount > 30)
                #expect(try writer.repack(after: DeliveryID(rawValue: 0), reader).repackedCount == 0)
                #expect(try writer.repack(after: rest.last, reader).last == nil)
                #expect(try writer.repackPosition() == nil)
                #expect(try reader.check().findings == [])
            }
        }
    }

    @Test("the end is the end, whatever number comes after it", arguments: [81, 1 << 43, Int64.max - 1, .max])
    func afterTheEnd(id: Int64) async throws {
        try await UpkeepArchive.with(Self.deliveries(8).0) { writer, reader in
            let slice = try writer.repack(after: DeliveryID(rawValue: id), reader)
            #expect(
                slice
                    == RepackSlice(last: nil, bodyCount: 0, repackedCount: 0, byteCountBefore: 0, byteCountAfter: 0))
        }
    }

    @Test("rows that share a body, or have none any more, stay as they are")
    func sharedAndGone() async throws {
        try await Self.withTrained { writer, reader, bodies in
            try await writer.commitTogether([UpkeepArchive.delivery(key: "5", daysOld: 1, body: .sealed(bodies[5]))])
            try writer.project()
            let first = try #require(try reader.plan(.of(keep: 1)).first)
            #expect(try writer.prune([first], at: UpkeepArchive.now).texts == ["1 body"])
            #expect(try writer.repackAll() > 70)
            #expect(try reader.strings("SELECT encoding FROM body WHERE journalId IN (1, 81)") == ["gone", "same"])
            #expect(try reader.number("SELECT sum(length(bytes)) FROM body WHERE journalId IN (1, 81)") == 0)
            #expect(try reader.delivery(DeliveryID(rawValue: 81))?.request.body == bodies[5])
            #expect(try reader.check().findings == [])
        }
    }

    @Test("a body that was pruned after it was read stays pruned")
    func prunedMeanwhile() async throws {
        try await Self.withTrained { writer, reader, _ in
            let held = HeldWriter(writer)
            let plan = try reader.plan(.of(keep: 1))
            // Both wait for the writer; the prune is there first.
            async let pruned = Self.onThread { try writer.prune(plan, at: UpkeepArchive.now).count }
            async let repacked = Self.onThread { try writer.repackAll() }
            held.release()
            #expect(try await pruned == 80)
            _ = try await repacked
            #expect(try reader.number("SELECT count(*) FROM body WHERE encoding = 'gone' AND length(bytes) = 0") == 80)
            #expect(try reader.check().findings == [])
        }
    }

    @Test("a body that does not read back is left as it is, for whoever mends it")
    func damaged() async throws {
        try await Self.withTrained { writer, reader, _ in
            try writer.perform { db in
                try db.execute(sql: "UPDATE body SET bytes = CAST(bytes || x'00' AS BLOB) WHERE journalId = 3")
                try db.execute(sql: "UPDATE body SET encoding = 'raw', bytes = zeroblob(9000) WHERE journalId = 4")
            }
            let before = try reader.strings("SELECT hex(bytes) FROM body WHERE journalId IN (3, 4)")
            #expect(try writer.repackAll() > 70)
            #expect(try reader.strings("SELECT hex(bytes) FROM body WHERE journalId IN (3, 4)") == before)
            #expect(try reader.check().findings.count == 2)
        }
    }

    @Test("the file gets smaller once the space is given back")
    func vacuum() async throws {
        try await TestArchive.withLocation { location in
            try await TestArchive.withWriter(at: location) { writer in
                try await writer.commitTogether(Self.deliveries(300).0)
                try writer.project()
            }
            let before = location.byteCount
            try await TestArchive.withWriter(at: location) { writer in
                try writer.train(Self.klavi)
                #expect(try writer.repackAll() > 250)
                try writer.vacuumAll()
            }
            // The dictionary itself takes up to eight pages.
            #expect(location.byteCount < before)
            #expect(try ArchiveReader(location).check().findings == [])
        }
    }

    private static func onThread<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value
    {
        try await withCheckedThrowingContinuation { continuation in
            Thread { continuation.resume(with: Result { try work() }) }.start()
        }
    }
}
