import ArchiveTestKit
import Deliveries
import Dispatch
import Quarantine
import Synchronization
import TestKit
import Testing

@testable import Journal
@testable import ReportIndex

@Suite("Following an archive")
struct FeedTests {
    /// All events after a position, read in pages, and the end position. An arrival is written as
    /// `type/delivery.attempt`, a rejected delivery as `q1` and a replay as `r7`.
    private static func follow(
        _ reader: ArchiveReader, from start: FeedPosition = .start, _ filter: ReportFilter = ReportFilter(),
        includesRejected: Bool = true, limit: Int = 1000
    ) throws -> (names: [String], end: FeedPosition) {
        var names: [String] = []
        var position = start
        var hasMore = true
        while hasMore {
            let page = try reader.feed(
                after: position, matching: filter, includesRejected: includesRejected, limit: limit)
            #expect(page.events.count <= 3 * limit)
            #expect(!page.hasMore || page.end != position)
            names += page.events.map(name)
            (position, hasMore) = (page.end, page.hasMore)
        }
        return (names, position)
    }

    private static func name(_ event: FeedEvent) -> String {
        switch event {
        case .arrived(let arrival):
            "\(arrival.report.type)/\(arrival.report.deliveryID).\(arrival.report.attemptNumber)"
        case .rejected(let rejected): "q\(rejected.id)"
        case .replayed(let replay): "r\(replay.number)"
        }
    }

    /// Runs `body` with six deliveries of the reports a (three times), b and c (twice), one rejected delivery and two
    /// replays. All are one second apart.
    private static func with(_ body: (IndexArchive, ArchiveReader) throws -> Void) async throws {
        try await IndexArchive.with { archive in
            for (index, key) in ["a", "b", "a", "c", "c", "a"].enumerated() {
                try await archive.commitAll([
                    .fixture(
                        source: key == "c" ? "certn" : "klavi", receivedAt: QueryArchive.time(Int64(index) * 1000),
                        target: "/\(key)")
                ])
            }
            try archive.index(parser)
            try archive.quarantine(.fixture(receivedAt: QueryArchive.time(2500)))
            try archive.record(.replay(.fixture(deliveryID: 2, startedAt: QueryArchive.time(3500))))
            try archive.record(.replay(.fixture(deliveryID: 4, startedAt: QueryArchive.time(9000))))
            try body(archive, archive.reader())
        }
    }

    private static let parser = ReportParser.routed { delivery in
        let key = String(delivery.request.target.text.dropFirst())
        return [.fixture(type: key, key: key, fields: [ReportField("key", key)])]
    }

    private static let everything = ["a/1.1", "b/2.1", "a/3.2", "q1", "c/4.1", "r7", "c/5.2", "a/6.3", "r8"]

    @Test("with every page size, all events are ordered by time", arguments: [1, 2, 3, 5, 1000])
    func pages(limit: Int) async throws {
        try await Self.with { _, reader in
            let (names, end) = try Self.follow(reader, limit: limit)
            #expect(names == Self.everything)
            #expect(try reader.feedEnd() == end)
            #expect(try Self.follow(reader, from: end).names == [])
        }
    }

    @Test("a filter applies to arrivals and to replays of matching deliveries")
    func filtered() async throws {
        try await Self.with { _, reader in
            func names(_ adjust: (inout ReportFilter) -> Void, includesRejected: Bool = true) throws -> [String] {
                var filter = ReportFilter()
                adjust(&filter)
                return try Self.follow(reader, filter, includesRejected: includesRejected, limit: 2).names
            }
            let ofType = try names({ $0.types = ["c"] }, includesRejected: false)
            #expect(ofType == ["c/4.1", "c/5.2", "r8"])
            let ofField = try names({ $0.fields = [ReportField("key", "b")] }, includesRejected: false)
            #expect(ofField == ["b/2.1", "r7"])
            #expect(try names { $0.sources = ["klavi"] } == ["a/1.1", "b/2.1", "a/3.2", "q1", "r7", "a/6.3"])
            #expect(try names { $0.sources = ["certn"] } == ["c/4.1", "c/5.2", "r8"])
            #expect(try names { $0.sources = ["nobody"] } == [])
        }
    }

    @Test("reading only the last events up to a position returns the end of the list of all events")
    func last() async throws {
        try await Self.with { archive, reader in
            let end = try reader.feedEnd()
            for count in [0, 1, 4, 9, 20] {
                let names = try reader.lastEvents(count, upTo: end, matching: ReportFilter(), includesRejected: true)
                    .map(Self.name)
                #expect(names == Self.everything.suffix(count))
            }
            try archive.record(.replay(.fixture(deliveryID: 2, startedAt: QueryArchive.time(9500))))
            let names = try reader.lastEvents(2, upTo: end, matching: ReportFilter(), includesRejected: false)
                .map(Self.name)
            #expect(names == ["a/6.3", "r8"])
            #expect(try Self.follow(reader, from: end).names == ["r9"])
        }
    }

    @Test("arrivals appear when they are indexed, and a rebuilt index does not repeat them")
    func lag() async throws {
        try await IndexArchive.with { archive in
            let reader = try archive.reader()
            try await archive.commitAll([.fixture(target: "/a")])
            #expect(try Self.follow(reader).names == [])
            try archive.index(Self.parser)
            let (names, end) = try Self.follow(reader)
            #expect(names == ["a/1.1"])
            try await archive.commitAll([.fixture(target: "/b")])
            archive.deleteIndex()
            let without = try archive.reader()
            #expect(try Self.follow(without, from: end).names == [])
            #expect(try Self.follow(without, from: end).end == end)
            try archive.index(Self.parser)
            #expect(try Self.follow(archive.reader(), from: end).names == ["b/2.1"])
        }
    }

    @Test("each event is returned exactly once while a writer and an indexer run")
    func beside() async throws {
        let count = 3000
        try await IndexArchive.with { archive in
            let indexer = try Indexer(archive.directory, parser: Self.parser)
            archive.writer.onGrowth { indexer.wake() }
            indexer.start { Issue.record($0) }
            defer { indexer.stop() }
            for id in 1...count {
                archive.writer.commit(.fixture(target: "/\(id % 700)")) { #expect($0.id == Int64(id)) }
            }
            let reader = try archive.reader()
            var position = FeedPosition.start
            var ids: [Int64] = []
            while ids.count < count {
                let page = try reader.feed(
                    after: position, matching: ReportFilter(), includesRejected: true, limit: 500)
                for case .arrived(let arrival) in page.events { ids.append(arrival.report.deliveryID.rawValue) }
                position = page.end
            }
            #expect(ids == (1...count).map(Int64.init))
            #expect(try Self.follow(reader, from: position).names == [])
        }
    }

    @Test("an arrival that was released from the quarantine has its quarantine ID")
    func released() async throws {
        try await IndexArchive.with { archive in
            let delivery = EncodedDelivery.fixture(target: "/a")
            let release = ReleaseRecord(
                delivery: delivery.uuid, quarantineID: 7, verification: .failed, reason: "no", forcedBecause: nil)
            try archive.writer.append([.delivery(delivery), .record(.release(release))], at: .fixture)
            try archive.index(Self.parser)
            let page = try archive.reader().feed(after: .start, matching: ReportFilter(), includesRejected: true)
            guard case .arrived(let arrival)? = page.events.first else {
                Issue.record("no event arrived")
                return
            }
            #expect(arrival.releasedFrom == QuarantineID(rawValue: 7))
            #expect(page.events.count == 1)
        }
    }
}
