import ArchiveTestKit
import Deliveries
import Foundation
import GRDB
import Quarantine
import TestKit
import Testing

@testable import Journal
@testable import ReportIndex

@Suite("Feed positions")
struct FeedPositionTests {
    private static func with(
        _ count: Int = 5, at directory: ArchiveDirectory, peer: String = "192.0.2.1",
        _ body: (IndexArchive, ArchiveReader) throws -> Void
    ) async throws {
        try await IndexArchive.with(at: directory) { archive in
            for index in 0..<count {
                try await archive.commitAll([
                    .fixture(
                        uuid: .numbered(UInt64(index) + 1), receivedAt: QueryArchive.time(Int64(index) * 1000),
                        target: "/\(index)", peer: peer)
                ])
            }
            try archive.index { [.fixture(key: $0.request.target.text)] }
            try body(archive, archive.reader())
        }
    }

    private static func with(
        _ count: Int = 5, peer: String = "192.0.2.1", _ body: (IndexArchive, ArchiveReader) throws -> Void
    ) async throws {
        try await TestArchive.withDirectory { try await with(count, at: $0, peer: peer, body) }
    }

    @Test(
        "a start time selects the first delivery at or after it",
        arguments: [(-1, 0), (0, 0), (1, 1), (3000, 3), (4001, 5)])
    func since(milliseconds: Int64, before: Int64) async throws {
        try await Self.with { _, reader in
            let position = try reader.feedPosition(since: QueryArchive.time(milliseconds))
            #expect(position.deliveryID?.rawValue ?? 0 == before)
            let page = try reader.feed(after: position, matching: ReportFilter(), includesRejected: true)
            #expect(page.events.count == Int(5 - before))
        }
    }

    @Test("a start time also applies to rejected deliveries and replays")
    func sinceOthers() async throws {
        try await Self.with { archive, reader in
            for time in [1000, 2000, 3000] {
                try archive.quarantine(.fixture(receivedAt: QueryArchive.time(Int64(time))))
                try archive.record(.replay(.fixture(startedAt: QueryArchive.time(Int64(time)))))
            }
            let position = try reader.feedPosition(since: QueryArchive.time(2000))
            #expect(position.rejected == QuarantineID(rawValue: 1))
            #expect(position.replay == 6)
            #expect(try reader.feedPosition(since: QueryArchive.time(9000)) == reader.feedEnd())
        }
    }

    @Test("a position is recognised if its delivery is unchanged, or if its delivery was removed")
    func recognised() async throws {
        try await Self.with { archive, reader in
            let end = try reader.feedEnd()
            let mark = try #require(try reader.mark(of: end))
            #expect(mark.position == 5)
            #expect(try reader.recognises(end, mark))
            #expect(try reader.recognises(.start, nil))
            #expect(try archive.writer.remove([5]) == [5])
            #expect(try reader.recognises(end, mark))
            #expect(try reader.mark(of: end) == nil)
        }
    }

    @Test("a position of another archive, or beyond the end of a restored archive, is not recognised")
    func rejected() async throws {
        var kept: (position: FeedPosition, mark: ChainMark)?
        try await Self.with { _, reader in
            let end = try reader.feedEnd()
            kept = (end, try #require(try reader.mark(of: end)))
        }
        let (position, mark) = try #require(kept)
        var found: [Bool] = []
        try await Self.with(peer: "192.0.2.99") { found.append(try $1.recognises(position, mark)) }
        try await Self.with(4) { found += [try $1.recognises(position, mark), try $1.recognises(position, nil)] }
        try await Self.with(6) { found.append(try $1.recognises(position, mark)) }
        #expect(found == [false, false, false, true])
    }

    @Test("extreme numbers in the index file or in a stored position do not end the process")
    func damaged() async {
        await #expect(processExitsWith: .success) {
            for number in [Int64.max, .min, 1 << 43, -1] {
                try await Self.with { archive, reader in
                    let wild = FeedPosition(
                        arrival: ReportID(rawValue: number), rejected: QuarantineID(rawValue: number), replay: number)
                    _ = try reader.recognises(wild, ChainMark(position: number, chain: []))
                    _ = try reader.mark(of: wild)
                    _ = try reader.feed(after: wild, matching: ReportFilter(), includesRejected: true)
                    _ = try reader.lastEvents(3, upTo: wild, matching: ReportFilter(), includesRejected: true)
                    _ = try reader.feedPosition(since: Timestamp(millisecondsSinceEpoch: number))
                    try PlainConnection.open(archive.directory.indexPath) { db in
                        try db.execute(
                            sql: "UPDATE state SET position = ? WHERE name = 'cursor'", arguments: [number])
                    }
                    let end = try reader.feedEnd()
                    _ = try reader.feed(after: .start, matching: ReportFilter(), includesRejected: true)
                    _ = try reader.feed(after: end, matching: ReportFilter(), includesRejected: true)
                }
            }
        }
    }

    @Test("an archive has the same identity through any symbolic link, and no identity before it exists")
    func digest() async throws {
        try await TemporaryFolder.with { folder in
            let directory = ArchiveDirectory(path: folder.path(of: "a"))
            #expect(directory.pathDigest == nil)
            try await Self.with(1, at: directory) { _, _ in }
            let link = ArchiveDirectory(path: folder.path(of: "b"))
            #expect(symlink(directory.path, link.path) == 0)
            #expect(directory.pathDigest?.count == 32)
            #expect(directory.pathDigest == link.pathDigest)
            let other = ArchiveDirectory(path: folder.path(of: "c"))
            try await Self.with(1, at: other) { _, _ in }
            #expect(other.pathDigest != directory.pathDigest)
        }
    }
}
