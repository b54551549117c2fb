import ArchiveTestKit
import Deliveries
import Foundation
import Synchronization
import TestKit
import Testing

@testable import Journal
@testable import ReportIndex

/// Tests reindexing while readers, the indexer and the journal's writer run.
@Suite struct ReindexTests {
    private static let count = 4500

    private static func targets(_ reader: ArchiveReader) throws -> Set<String> {
        Set(try reader.reports(matching: ReportFilter()).map(\.type))
    }

    private static func deliveries(_ numbers: Range<Int>) -> [EncodedDelivery] {
        numbers.map { .fixture(target: "/\($0)") }
    }

    @Test("readers see every report during a reindex, and new deliveries are indexed")
    func withoutInterruption() async throws {
        try await IndexArchive.with { archive in
            try await archive.commitTogether(Self.deliveries(0..<Self.count))
            try archive.index(.byTarget)
            let indexer = try Indexer(archive.directory, parser: .byTarget)
            archive.writer.onGrowth { indexer.wake() }
            indexer.start { Issue.record($0) }
            defer { indexer.stop() }
            let before = try archive.reader()
            var count = Self.count
            var rounds = 0
            try indexer.reindex { _ in
                rounds += 1
                do {
                    let position = try archive.writer.append(
                        [.delivery(.fixture(target: "/\(count)"))], at: .fixture)
                    count += 1
                    #expect(indexer.waitUntilIndexed(position[0], limit: .seconds(60)))
                    for reader in [before, try archive.reader()] {
                        #expect(try Self.targets(reader).count == count)
                    }
                } catch {
                    Issue.record(error)
                }
            }
            #expect(rounds >= 3)
            for reader in [before, try archive.reader()] { #expect(try Self.targets(reader).count == count) }
            let last = try archive.writer.append([.delivery(.fixture(target: "/last"))], at: .fixture)
            #expect(indexer.waitUntilIndexed(last[0], limit: .seconds(60)))
            #expect(try Self.targets(before).contains("/last"))
            #expect(try before.unindexedCount() == 0)
        }
    }

    @Test("a reader never finds fewer reports while the new index replaces the old one")
    func besideReads() async throws {
        try await IndexArchive.with { archive in
            try await archive.commitTogether(Self.deliveries(0..<300))
            try archive.index(.byTarget)
            let indexer = try Indexer(archive.directory, parser: .byTarget)
            defer { indexer.close() }
            let hasEnded = Atomic(false)
            let directory = archive.directory
            async let counts = {
                var counts: Set<Int> = []
                let reader = try ArchiveReader(directory)
                repeat {
                    counts.insert(try Self.targets(reader).count)
                    counts.insert(try Self.targets(ArchiveReader(directory)).count)
                } while !hasEnded.load(ordering: .relaxed)
                return counts
            }()
            do {
                defer { hasEnded.store(true, ordering: .relaxed) }
                for _ in 0..<10 { try indexer.reindex() }
            }
            #expect(try await counts == [300])
        }
    }

    @Test("a reindex uses the current parser and leaves no temporary file")
    func betterParser() async throws {
        try await IndexArchive.with { archive in
            try await archive.commitAll(Self.deliveries(0..<2))
            try archive.index { _ in [] }
            let reader = try archive.reader()
            #expect(try reader.reports(matching: ReportFilter()).isEmpty)
            let indexer = try Indexer(archive.directory, parser: .byTarget)
            try indexer.reindex()
            indexer.close()
            #expect(try Self.targets(reader) == ["/0", "/1"])
            let names = try FileManager.default.contentsOfDirectory(atPath: archive.directory.path)
            #expect(!names.contains { $0.contains(".next") })
        }
    }
}
