import Deliveries
import Foundation
import GRDB
import TestKit
import Testing

@testable import ReportArchive

@Suite("Positions in an archive, kept and recognised")
struct FeedPositionTests {
    private static func with(
        _ count: Int = 5, at location: ArchiveLocation, peer: String = "192.0.2.1",
        _ body: (ArchiveWriter, ArchiveReader) throws -> Void
    ) async throws {
        try await TestArchive.withWriter(at: location) { writer in
            for index in 0..<count {
                try await writer.commitAll([
                    .fixture(receivedAt: QueryArchive.time(Int64(index) * 1000), target: "/\(index)", peer: peer)
                ])
            }
            try Projector(writer) { [.fixture(key: $0.request.target.text)] }.catchUp()
            try body(writer, ArchiveReader(location))
        }
    }

    private static func with(
        _ count: Int = 5, peer: String = "192.0.2.1", _ body: (ArchiveWriter, ArchiveReader) throws -> Void
    ) async throws {
        try await TestArchive.withLocation { try await with(count, at: $0, peer: peer, body) }
    }

    @Test(
        "a moment begins at the first delivery that came then",
        arguments: [(-1, 0), (0, 0), (1, 1), (3000, 3), (4001, 5)])
    func since(milliseconds: Int64, before: Int64) async throws {
        try await Self.with { _, reader in
            let position = try reader.feedPosition(since: QueryArchive.time(milliseconds))
            #expect(position.deliveryID?.rawValue ?? 0 == before)
            let page = try reader.feed(after: position, matching: ReportFilter(), includesRefused: true)
            #expect(page.events.count == Int(5 - before))
        }
    }

    @Test("refused deliveries and replays begin with the moment as well")
    func sinceOthers() async throws {
        try await Self.with { writer, reader in
            for time in [1000, 2000, 3000] {
                writer.quarantine(.fixture(receivedAt: QueryArchive.time(Int64(time))))
                try writer.record(.fixture(startedAt: QueryArchive.time(Int64(time))))
            }
            let position = try reader.feedPosition(since: QueryArchive.time(2000))
            #expect(position.refused == QuarantineID(rawValue: 1))
            #expect(position.replay == 1)
            #expect(try reader.feedPosition(since: QueryArchive.time(9000)) == reader.feedEnd())
        }
    }

    @Test("a position is recognised where its delivery is the same, and where retention took it")
    func recognised() async throws {
        try await Self.with { writer, reader in
            let end = try reader.feedEnd()
            let mark = try #require(try reader.mark(of: end))
            #expect(mark.id == DeliveryID(rawValue: 5))
            #expect(try reader.recognises(end, mark))
            #expect(try reader.recognises(.start, nil))
            try PlainConnection.open(writer.location) { db in
                try db.execute(
                    sql: """
                        PRAGMA foreign_keys = OFF;
                        INSERT INTO gap SELECT id, id, chain, 0, 'age' FROM journal WHERE id = 5;
                        DELETE FROM journal WHERE id = 5
                        """)
            }
            #expect(try reader.recognises(end, mark))
            #expect(try reader.mark(of: end) == nil)
        }
    }

    @Test("a position of another archive, or of what a restored one does not have yet, is not")
    func refused() async throws {
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

    @Test("no number of a damaged file or of a kept position ends the process")
    func damaged() async {
        await #expect(processExitsWith: .success) {
            for number in [Int64.max, .min, 1 << 43, -1] {
                try await Self.with { writer, reader in
                    let wild = FeedPosition(
                        arrival: ReportID(rawValue: number), refused: QuarantineID(rawValue: number), replay: number)
                    _ = try reader.recognises(wild, ChainMark(id: DeliveryID(rawValue: number), chain: []))
                    _ = try reader.mark(of: wild)
                    _ = try reader.feed(after: wild, matching: ReportFilter(), includesRefused: true)
                    _ = try reader.lastEvents(3, upTo: wild, matching: ReportFilter(), includesRefused: true)
                    _ = try reader.feedPosition(since: Timestamp(millisecondsSinceEpoch: number))
                    try PlainConnection.open(writer.location) { db in
                        try db.execute(
                            sql: "UPDATE projection SET journalId = ?", arguments: [max(number, -1)])
                    }
                    let end = try reader.feedEnd()
                    _ = try reader.feed(after: .start, matching: ReportFilter(), includesRefused: true)
                    _ = try reader.feed(after: end, matching: ReportFilter(), includesRefused: true)
                }
            }
        }
    }

    @Test("an archive has one name, whatever link leads to it, and none before it is there")
    func digest() async throws {
        try await TemporaryFolder.with { folder in
            let location = ArchiveLocation(path: folder.path(of: "a.sqlite"))
            #expect(location.pathDigest == nil)
            try await Self.with(1, at: location) { _, _ in }
            let link = ArchiveLocation(path: folder.path(of: "b.sqlite"))
            #expect(symlink(location.path, link.path) == 0)
            #expect(location.pathDigest?.count == 32)
            #expect(location.pathDigest == link.pathDigest)
            let other = ArchiveLocation(path: folder.path(of: "c.sqlite"))
            try await Self.with(1, at: other) { _, _ in }
            #expect(other.pathDigest != location.pathDigest)
        }
    }
}
