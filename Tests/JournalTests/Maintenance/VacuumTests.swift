import ArchiveTestKit
import Deliveries
import Foundation
import TestKit
import Testing

@testable import Journal

@Suite(.offPool) struct VacuumTests {
    /// A journal from which most entries were removed.
    private static func withFreePages(_ body: (JournalWriter, JournalReader) async throws -> Void) async throws {
        var random = SplitMix64(seed: 4)
        let deliveries = (0..<60).map { _ in EncodedDelivery.fixture(body: .raw(random.bytes(10_000))) }
        try await TestArchive.with(deliveries) { writer, reader in
            #expect(try writer.remove(Array(1...50)).count == 50)
            try await body(writer, reader)
        }
    }

    @Test("a vacuum returns all free pages to the file system, and the journal verifies")
    func all() async throws {
        try await Self.withFreePages { writer, reader in
            let before = try JournalInfo(writer.directory.journal)
            #expect(before.freePageCount > 100)
            #expect(try writer.vacuum(pageCount: .max) == 0)
            let after = try JournalInfo(writer.directory.journal)
            #expect(after.freePageCount == 0)
            #expect(after.pageCount < before.pageCount - 100)
            #expect(try writer.vacuum(pageCount: 512) == 0)
            #expect(try reader.verify().findings == [])
        }
    }

    @Test(
        "a vacuum returns at most the requested number of pages, in steps of 16, and reports how many are still free",
        arguments: [0, 1, 16, 48])
    func some(pageCount: Int) async throws {
        try await Self.withFreePages { writer, _ in
            let before = try JournalInfo(writer.directory.journal).freePageCount
            let left = try writer.vacuum(pageCount: pageCount)
            #expect(left == before - max(16, pageCount))
            #expect(try writer.vacuum(pageCount: -5) == left - 16)
        }
    }

    @Test("the file is smaller after the writer closed it")
    func file() async throws {
        try await TestArchive.withDirectory { directory in
            var random = SplitMix64(seed: 5)
            try await TestArchive.withWriter(at: directory) { writer in
                try await writer.commitTogether((0..<50).map { _ in .fixture(body: .raw(random.bytes(10_000))) })
            }
            let before = directory.journal.byteCount
            try await TestArchive.withWriter(at: directory) { writer in
                try writer.prune(Array(1...50))
                try writer.vacuumAll()
            }
            #expect(before > 500_000)
            #expect(directory.journal.byteCount < before / 2)
            #expect(try JournalInfo(directory.journal).freePageCount == 0)
        }
    }
}
