import ArchiveTestKit
import Deliveries
import GRDB
import Synchronization
import TestKit
import Testing

@testable import Journal
@testable import ReportIndex

@Suite struct IndexerTests {
    /// A parser that passes the targets to a stream and finds no reports.
    private static func watching(_ seen: AsyncStream<String>.Continuation) -> ReportParser {
        ReportParser.unrouted { delivery in
            seen.yield(delivery.request.target.text)
            return []
        }
    }

    @Test("a rebuild creates the same rows with the same IDs")
    func rebuild() async throws {
        try await IndexArchive.with { archive in
            try await archive.commitAll(Sample.all.filter(\.isArchived).map(EncodedDelivery.init))
            try archive.index(.samples)
            let before = try IndexDump(archive.directory)
            #expect(before.count("report") > 20)
            archive.deleteIndex()
            #expect(try archive.reader().reports(matching: ReportFilter()).isEmpty)
            try archive.index()
            #expect(try IndexDump(archive.directory) == before)
        }
    }

    @Test("a rebuild uses the current parser")
    func betterParser() async throws {
        try await IndexArchive.with { archive in
            try await archive.commitAll([.fixture(target: "/a"), .fixture(target: "/b")])
            try archive.index { _ in [] }
            #expect(try archive.reader().reports(matching: ReportFilter()).isEmpty)
            archive.deleteIndex()
            try archive.index(.byTarget)
            #expect(try archive.reader().reports(matching: ReportFilter()).map(\.type) == ["/b", "/a"])
        }
    }

    @Test("entries that were not indexed are indexed after the archive was reopened")
    func catchUpAfterReopening() async throws {
        try await TestArchive.withDirectory { directory in
            try await IndexArchive.with(at: directory) { archive in
                try await archive.commitAll([.fixture(target: "/a")])
                try archive.index()
                try await archive.commitAll([.fixture(target: "/b"), .fixture(target: "/a")])
            }
            #expect(try ArchiveReader(directory).unindexedCount() == 2)
            var progress: [Int64] = []
            try Indexer(directory, parser: .byTarget).catchUp { progress.append($0) }
            #expect(progress == [3])
            let reports = try ArchiveReader(directory).reports(matching: ReportFilter())
            #expect(reports.map(\.type) == ["/b", "/a"])
            #expect(reports.map(\.attemptCount) == [1, 2])
        }
    }

    @Test("a long journal is indexed in batches of 1024")
    func batches() async throws {
        try await IndexArchive.with { archive in
            try await archive.commitTogether((0..<2500).map { _ in .fixture() })
            var progress: [Int64] = []
            try archive.index(.byTarget) { progress.append($0) }
            #expect(progress == [1024, 2048, 2500])
            let report = try #require(try archive.reader().reports(matching: ReportFilter()).first)
            #expect(report.attemptCount == 2500)
        }
    }

    @Test("a batch ends when the bodies in it reach 4 MiB")
    func batchByteCount() async throws {
        try await IndexArchive.with { archive in
            func large() -> EncodedDelivery { .fixture(body: .raw([UInt8](repeating: 0, count: 3 << 19))) }
            let huge = EncodedDelivery.fixture(body: .raw([UInt8](repeating: 0, count: 5 << 20)))
            try await archive.commitAll([large(), large(), large(), large(), huge, .fixture()])
            var progress: [Int64] = []
            try archive.index(.byTarget) { progress.append($0) }
            #expect(progress == [3, 5, 6])
        }
    }

    @Test("a started indexer follows the journal until it is stopped")
    func following() async throws {
        try await IndexArchive.with { archive in
            let (targets, seen) = AsyncStream.makeStream(of: String.self)
            let indexer = try Indexer(archive.directory, parser: Self.watching(seen))
            archive.writer.onGrowth { indexer.wake() }
            indexer.start { Issue.record($0) }
            var following = targets.makeAsyncIterator()
            for target in ["/a", "/b", "/c"] {
                try await archive.commitAll([.fixture(target: target)])
                #expect(await following.next(isolation: #isolation) == target)
            }
            #expect(indexer.waitUntilIndexed(3, limit: .seconds(60)))
            #expect(try archive.reader().unindexedCount() == 0)
            #expect(!indexer.waitUntilIndexed(4, limit: .zero))
            indexer.stop()
            try await archive.commitAll([.fixture(target: "/d")])
            #expect(try archive.reader().unindexedCount() == 1)
        }
    }

    @Test("an indexer that pauses because the server is under pressure continues when its lag exceeds the limit")
    func lag() async throws {
        try await IndexArchive.with { archive in
            var lag = IndexLag()
            lag.count = 2
            let indexer = try Indexer(archive.directory, lag: lag, isUnderPressure: { true }, parser: .byTarget)
            archive.writer.onGrowth { indexer.wake() }
            let now = Timestamp(millisecondsSinceEpoch: .max)
            indexer.start { Issue.record($0) }
            try await archive.commitAll([.fixture(receivedAt: now), .fixture(receivedAt: now)])
            #expect(!indexer.waitUntilIndexed(1, limit: .milliseconds(100)))
            try await archive.commitAll([.fixture(receivedAt: now)])
            #expect(indexer.waitUntilIndexed(3, limit: .seconds(60)))
            indexer.stop()
        }
    }

    @Test("a damaged delivery is indexed as unrecognised, and later entries are indexed")
    func damagedDelivery() async throws {
        try await IndexArchive.with { archive in
            try await archive.commitAll([.fixture(target: "/a"), .fixture(target: "/b"), .fixture(target: "/c")])
            try PlainConnection.damage(
                archive.directory.journal.path, "UPDATE entry SET body = CAST('{\"a\":2}' AS BLOB) WHERE position = 2")
            try archive.index(.byTarget)
            let reports = try archive.reader().reports(matching: ReportFilter())
            #expect(reports.map(\.type) == ["/c", "unrecognised", "/a"])
            let damaged = reports[1]
            #expect(damaged.deliveryID.rawValue == 2)
            #expect(damaged.route == nil)
            #expect(damaged.problem == "the stored delivery is damaged; run callbox archive verify")
        }
    }

    @Test("a journal with missing positions is indexed across the gap")
    func gap() async throws {
        try await IndexArchive.with { archive in
            try await archive.commitAll([.fixture(target: "/a"), .fixture(target: "/b"), .fixture(target: "/c")])
            try PlainConnection.damage(archive.directory.journal.path, "DELETE FROM entry WHERE position IN (1, 2)")
            try archive.index(.byTarget)
            #expect(try archive.reader().reports(matching: ReportFilter()).map(\.type) == ["/c"])
        }
    }
}
