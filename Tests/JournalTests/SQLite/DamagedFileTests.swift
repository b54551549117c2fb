import ArchiveTestKit
import Deliveries
import Foundation
import GRDB
import Journal
import TestKit
import Testing

/// Tests that reading a damaged file reports the damage and does not end the process.
@Suite(.offPool) struct DamagedFileTests {
    /// The bytes of a closed archive that contains the samples.
    private static func sampleArchive(_ directory: ArchiveDirectory) async throws -> [UInt8] {
        try await TestArchive.withWriter(at: directory) { writer in
            let samples = Sample.all.filter { $0.isArchived && $0.request.body.count < 10_000 }
            try await writer.commitAll(samples.map(EncodedDelivery.init) + [.fixture(body: .compressed)])
            try writer.append(
                .hold(HoldRecord(subject: .delivery(DeliveryID(rawValue: 1)), reason: "test")), at: .fixture)
            let pruned = BodyToPrune(delivery: DeliveryID(rawValue: 2), summary: [.fixture()])
            _ = try writer.pruneBodies([pruned], reason: "test", holdsKnownUpTo: .max, at: .fixture)
            let third = DeliveryID(rawValue: 3)
            _ = try writer.removeEntries([third], reason: "test", holdsKnownUpTo: .max, at: .fixture)
        }
        return Array(try Data(contentsOf: URL(filePath: directory.journal.path)))
    }

    private static func write(_ bytes: [UInt8], to journal: JournalFile) throws {
        for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: journal.path + suffix) }
        try Data(bytes).write(to: URL(filePath: journal.path))
    }

    /// Reads all data with all functions. Returns the error; nil if there is none.
    private static func readAll(_ journal: JournalFile) -> (any Error)? {
        do {
            let reader = try JournalReader(journal)
            let verification = try reader.verify()
            if let finding = verification.findings.first { return ArchiveError.damaged(finding) }
            _ = try JournalInfo(journal)
            for position in Int64(0)..<40 {
                guard let row = try reader.entry(position) else { continue }
                if !row.isDelivery {
                    _ = try row.record()
                } else if row.isPruned {
                    _ = try row.summary()
                } else {
                    _ = try row.delivery()
                }
            }
            return nil
        } catch {
            return error
        }
    }

    @Test("a truncated file is reported, and so is a file with an overwritten page")
    func truncatedOrOverwritten() async throws {
        try await TestArchive.withDirectory { directory in
            let bytes = try await Self.sampleArchive(directory)
            #expect(Self.readAll(directory.journal) == nil)
            for byteCount in stride(from: 1, to: bytes.count, by: 4096 * 3 + 77) {
                try Self.write(Array(bytes.prefix(byteCount)), to: directory.journal)
                #expect(Self.readAll(directory.journal) != nil, "\(byteCount) bytes")
            }
            for page in 0..<(bytes.count / 4096) {
                var damaged = bytes
                for index in 0..<4096 { damaged[page * 4096 + index] = 0xa5 }
                try Self.write(damaged, to: directory.journal)
                #expect(Self.readAll(directory.journal) != nil, "page \(page)")
            }
        }
    }

    @Test("if entries are out of order in the file, reading ends with an error that reports the damage")
    func outOfOrder() async throws {
        try await TestArchive.withDirectory { directory in
            try await TestArchive.withWriter(at: directory) { writer in
                try await writer.commitAll((0..<5).map { _ in .fixture() })
            }
            let (root, pageSize) = try PlainConnection.open(directory.journal.path) { db in
                let root = try Int.fetchOne(db, sql: "SELECT rootpage FROM sqlite_schema WHERE name = 'entry'")
                return (try #require(root), try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 0)
            }
            var bytes = Array(try Data(contentsOf: URL(filePath: directory.journal.path)))
            // A leaf page of a table has a header, then the offsets of the cells. The second number in a cell is the
            // row ID (sqlite.org/fileformat2.html §1.6).
            let page = (root - 1) * pageSize
            try #require(bytes[page] == 0x0d && bytes[page + 4] == 5)
            let cell = page + (Int(bytes[page + 12]) << 8 | Int(bytes[page + 13]))
            let afterPayloadSize = cell + (bytes[cell] < 0x80 ? 1 : 2)
            try #require(bytes[afterPayloadSize] == 3)
            bytes[afterPayloadSize] = 56
            try Self.write(bytes, to: directory.journal)
            guard case .damaged = Self.readAll(directory.journal) as? ArchiveError else {
                Issue.record("the damage was not noticed")
                return
            }
        }
    }

    @Test("a file with random bytes never crashes the reading process", arguments: 1...8 as ClosedRange<UInt64>)
    func flipped(seed: UInt64) async throws {
        try await TestArchive.withDirectory { directory in
            let bytes = try await Self.sampleArchive(directory)
            var generator = SplitMix64(seed: seed)
            var foundCount = 0
            for _ in 0..<40 {
                var damaged = bytes
                for _ in 0..<Int.random(in: 1...20, using: &generator) {
                    damaged[Int.random(in: 100..<bytes.count, using: &generator)] = UInt8(
                        truncatingIfNeeded: generator.next())
                }
                try Self.write(damaged, to: directory.journal)
                if Self.readAll(directory.journal) != nil { foundCount += 1 }
            }
            #expect(foundCount > 0)
        }
    }
}
