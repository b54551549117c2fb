import Deliveries
import Foundation
import GRDB
import ReportArchive
import TestKit
import Testing

/// Files that were an archive once. Whatever happened to them, reading says so and does not end the process.
@Suite struct DamagedFileTests {
    /// The bytes of a closed archive that holds the samples.
    private static func sampleArchive(_ location: ArchiveLocation) async throws -> [UInt8] {
        try await TestArchive.withWriter(at: location) { writer in
            let samples = Sample.all.filter { $0.isArchived && $0.request.body.count < 10_000 }
            try await writer.commitAll(samples.map(SealedDelivery.init) + [.fixture(body: .compressed)])
            try Projector.forSamples(writer).catchUp()
            try writer.record(.fixture())
        }
        return Array(try Data(contentsOf: URL(filePath: location.path)))
    }

    private static func write(_ bytes: [UInt8], to location: ArchiveLocation) throws {
        for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: location.path + suffix) }
        try Data(bytes).write(to: URL(filePath: location.path))
    }

    /// Reads everything there is in every way there is; the error, if any.
    private static func readAll(_ location: ArchiveLocation) -> (any Error)? {
        do {
            let reader = try ArchiveReader(location)
            let check = try reader.check()
            if let finding = check.findings.first { return ArchiveError.damaged(finding) }
            _ = try reader.statistics()
            _ = try reader.reports(matching: ReportFilter())
            for id in 0..<30 {
                _ = try reader.delivery(DeliveryID(rawValue: Int64(id)))
                _ = try reader.reports(of: DeliveryID(rawValue: Int64(id)))
                _ = try reader.replays(of: DeliveryID(rawValue: Int64(id)))
            }
            return nil
        } catch {
            return error
        }
    }

    @Test("a file cut anywhere is damaged or no archive")
    func truncated() async throws {
        try await TestArchive.withLocation { location in
            let bytes = try await Self.sampleArchive(location)
            #expect(Self.readAll(location) == nil)
            for byteCount in stride(from: 1, to: bytes.count, by: 4096 * 3 + 77) {
                try Self.write(Array(bytes.prefix(byteCount)), to: location)
                #expect(Self.readAll(location) != nil, "\(byteCount) bytes")
            }
        }
    }

    @Test("a file whose pages were overwritten is damaged or no archive")
    func overwritten() async throws {
        try await TestArchive.withLocation { location in
            let bytes = try await Self.sampleArchive(location)
            for page in 0..<(bytes.count / 4096) {
                var damaged = bytes
                for index in 0..<4096 { damaged[page * 4096 + index] = 0xa5 }
                try Self.write(damaged, to: location)
                #expect(Self.readAll(location) != nil, "page \(page)")
            }
        }
    }

    @Test("a file whose journal is out of order is damaged, and reading it comes to an end")
    func outOfOrder() async throws {
        try await TestArchive.withLocation { location in
            try await TestArchive.withWriter(at: location) { writer in
                try await writer.commitAll((0..<5).map { _ in .fixture() })
            }
            let (root, pageSize) = try PlainConnection.open(location) { db in
                let root = try Int.fetchOne(db, sql: "SELECT rootpage FROM sqlite_schema WHERE name = 'journal'")
                return (try #require(root), try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 0)
            }
            var bytes = Array(try Data(contentsOf: URL(filePath: location.path)))
            // A leaf of a table: the header, then where each cell is, whose second number is the row's
            // (sqlite.org/fileformat2.html §1.6).
            let page = (root - 1) * pageSize
            try #require(bytes[page] == 0x0d && bytes[page + 4] == 5)
            let cell = page + (Int(bytes[page + 12]) << 8 | Int(bytes[page + 13]))
            let afterPayloadSize = cell + (bytes[cell] < 0x80 ? 1 : 2)
            try #require(bytes[afterPayloadSize] == 3)
            bytes[afterPayloadSize] = 56
            try Self.write(bytes, to: location)
            guard case .damaged = Self.readAll(location) as? ArchiveError else {
                Issue.record("the damage was not noticed")
                return
            }
        }
    }

    @Test("a file with flipped bytes never ends the process that reads it", arguments: 1...8 as ClosedRange<UInt64>)
    func flipped(seed: UInt64) async throws {
        try await TestArchive.withLocation { location in
            let bytes = try await Self.sampleArchive(location)
            var generator = SplitMix64(seed: seed)
            var foundCount = 0
            for _ in 0..<40 {
                var damaged = bytes
                for _ in 0..<Int.random(in: 1...20, using: &generator) {
                    damaged[Int.random(in: 100..<bytes.count, using: &generator)] = UInt8(
                        truncatingIfNeeded: generator.next())
                }
                try Self.write(damaged, to: location)
                if Self.readAll(location) != nil { foundCount += 1 }
            }
            #expect(foundCount > 0)
        }
    }
}
