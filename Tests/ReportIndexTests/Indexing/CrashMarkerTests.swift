import ArchiveTestKit
import Deliveries
import GRDB
import Synchronization
import TestKit
import Testing

@testable import Journal
@testable import ReportIndex

/// Tests that a delivery is indexed as unrecognised if parsing it ended the process. A crash leaves a marker by which
/// the delivery is found.
@Suite struct CrashMarkerTests {
    private static let problem = "the process crashed 2 times while parsing this delivery"

    private static func large(_ target: String) -> EncodedDelivery {
        .fixture(target: target, body: .raw([UInt8](repeating: 0x20, count: IndexFile.markedByteCount)))
    }

    /// Runs `body` with two large deliveries between small ones, at positions 1 to 4, and an index that contains crash
    /// markers.
    private static func with(
        crashes: [Int64: Int], _ body: (IndexArchive) async throws -> Void
    ) async throws {
        try await IndexArchive.with { archive in
            try await archive.commitAll([.fixture(target: "/1"), large("/2"), large("/3"), .fixture(target: "/4")])
            try leaveMarkers(crashes, archive.directory.indexPath)
            try await body(archive)
        }
    }

    private static func leaveMarkers(_ crashes: [Int64: Int], _ path: String) throws {
        let connection = try WritingConnection(path, IndexSchema.schema, durability: .lastCommitsMayGo)
        defer { connection.finish() }
        for (position, count) in crashes {
            try connection.run { db in for _ in 0..<count { try IndexState.beginParsing(position, db) } }
        }
    }

    private static func types(_ archive: IndexArchive) throws -> [String] {
        try archive.reader().reports(matching: ReportFilter()).reversed().map { $0.problem ?? $0.type }
    }

    @Test(
        "after two crashes the delivery is indexed as unrecognised, and the other deliveries are indexed",
        arguments: [2, 3] as [Int64])
    func filed(position: Int64) async throws {
        try await Self.with(crashes: [position: 2]) { archive in
            try archive.index(.byTarget)
            var expected = ["/1", "/2", "/3", "/4"]
            expected[Int(position) - 1] = Self.problem
            #expect(try Self.types(archive) == expected)
            let report = try #require(try archive.reader().reports(of: DeliveryID(rawValue: position)).first)
            #expect(report.report.type == ReportContent.unrecognisedType)
            // The batch removes the crash markers.
            #expect(try archive.reader().number("SELECT count(*) FROM state WHERE name LIKE 'parsing%'") == 0)
        }
    }

    @Test("after one crash the delivery is parsed again")
    func parsedOnceMore() async throws {
        try await Self.with(crashes: [2: 1, 3: 1]) { archive in
            try archive.index(.byTarget)
            #expect(try Self.types(archive) == ["/1", "/2", "/3", "/4"])
        }
    }

    @Test("a large delivery is marked only while it is parsed")
    func marked() async throws {
        try await Self.with(crashes: [:]) { archive in
            let directory = archive.directory
            let marked = Mutex<[String: [Int64]]>([:])
            let parser = ReportParser.unrouted { delivery in
                let names = try? ArchiveReader(directory).strings("SELECT name FROM state WHERE name LIKE 'parsing%'")
                marked.withLock {
                    $0[delivery.request.target.text] = names?.compactMap { Int64($0.split(separator: ":").last ?? "") }
                }
                return []
            }
            try archive.index(parser)
            #expect(marked.withLock { $0 } == ["/1": [], "/2": [2], "/3": [3], "/4": []])
        }
    }

    @Test("a delivery that crashed the process is parsed again in a reindex")
    func reindex() async throws {
        try await Self.with(crashes: [2: 2]) { archive in
            try archive.index(.byTarget)
            #expect(try Self.types(archive) == ["/1", Self.problem, "/3", "/4"])
            let indexer = try Indexer(archive.directory, parser: .byTarget)
            try indexer.reindex()
            indexer.close()
            #expect(try Self.types(archive) == ["/1", "/2", "/3", "/4"])
        }
    }

    @Test("a rebuild that crashed continues at its position and counts the crashes")
    func crashedRebuild() async throws {
        try await Self.with(crashes: [:]) { archive in
            try PlainConnection.open(archive.directory.indexPath) { try $0.execute(sql: "PRAGMA user_version = 99") }
            try Self.leaveMarkers([3: 2], archive.directory.indexPath + ".next")
            try archive.index(.byTarget)
            #expect(try Self.types(archive) == ["/1", "/2", Self.problem, "/4"])
        }
    }

    @Test("a delivery that crashed the process is pruned without parsing it, and a rebuild keeps its problem")
    func pruned() async throws {
        try await Self.with(crashes: [2: 2]) { archive in
            try archive.index(.byTarget)
            let parsed = Mutex<[String]>([])
            let parser = ReportParser.unrouted { delivery in
                parsed.withLock { $0.append(delivery.request.target.text) }
                return ReportParser.byTarget.parse(delivery)
            }
            try archive.index(parser)
            #expect(try archive.prune([2, 3]) == [2, 3])
            #expect(parsed.withLock { $0 } == ["/3"])
            try archive.rebuild()
            #expect(try Self.types(archive) == ["/1", Self.problem, "/3", "/4"])
        }
    }
}
