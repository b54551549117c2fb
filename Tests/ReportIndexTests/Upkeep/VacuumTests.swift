import Deliveries
import Foundation
import TestKit
import Testing

@testable import ReportArchive

/// Pages that hold nothing, given back to the file system.
@Suite struct VacuumTests {
    /// An archive of which most was pruned.
    private static func withFreePages(_ body: (ArchiveWriter, ArchiveReader) async throws -> Void) async throws {
        var random = SplitMix64(seed: 4)
        let deliveries = (0..<60).map { number in
            UpkeepArchive.delivery(
                key: "\(number)", daysOld: number < 50 ? 100 : 1, body: .raw(random.bytes(10_000)))
        }
        try await UpkeepArchive.with(deliveries) { writer, reader in
            #expect(try writer.prune(by: .of(keepMetadata: 50)).count == 50)
            try await body(writer, reader)
        }
    }

    @Test("all free pages go, and what is left is sound")
    func all() async throws {
        try await Self.withFreePages { writer, reader in
            let before = try ArchiveInfo(writer.location)
            #expect(before.freePageCount > 100)
            #expect(try writer.vacuum(pageCount: .max) == 0)
            let after = try ArchiveInfo(writer.location)
            #expect(after.freePageCount == 0)
            #expect(after.pageCount < before.pageCount - 100)
            #expect(try reader.check().findings == [])
        }
    }

    @Test("no more go than were asked for, about, and the rest is told", arguments: [0, 1, 16, 48])
    func some(pageCount: Int) async throws {
        try await Self.withFreePages { writer, _ in
            let before = try ArchiveInfo(writer.location).freePageCount
            let left = try writer.vacuum(pageCount: pageCount)
            #expect(left == before - max(16, pageCount))
            #expect(try writer.vacuum(pageCount: -5) == left - 16)
        }
    }

    @Test("where nothing is free nothing happens")
    func nothing() async throws {
        try await UpkeepArchive.with([UpkeepArchive.delivery(key: "1")]) { writer, reader throws in
            #expect(try writer.vacuum(pageCount: 512) == 0)
            #expect(try writer.vacuum(pageCount: 512) == 0)
            #expect(try reader.check().findings == [])
        }
    }

    @Test("the file is smaller once the writer has closed it")
    func file() async throws {
        try await TestArchive.withLocation { location in
            var random = SplitMix64(seed: 5)
            try await TestArchive.withWriter(at: location) { writer in
                try await writer.commitTogether(
                    (0..<50).map { UpkeepArchive.delivery(key: "\($0)", body: .raw(random.bytes(10_000))) })
                try writer.project()
            }
            let before = location.byteCount
            try await TestArchive.withWriter(at: location) { writer in
                try writer.prune(by: .of(keep: 1))
                try writer.vacuumAll()
            }
            #expect(before > 500_000)
            #expect(location.byteCount < before / 2)
            #expect(try ArchiveInfo(location).freePageCount == 0)
        }
    }
}
