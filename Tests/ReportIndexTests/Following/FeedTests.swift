import Deliveries
import Dispatch
import Synchronization
import TestKit
import Testing

@testable import ReportArchive

@Suite("Following an archive")
struct FeedTests {
    /// Everything after a position in pages, as `kind/delivery.attempt`, `q1` and `r1`; where it ends.
    private static func follow(
        _ reader: ArchiveReader, from start: FeedPosition = .start, _ filter: ReportFilter = ReportFilter(),
        includesRefused: Bool = true, limit: Int = 1000
    ) throws -> (names: [String], end: FeedPosition) {
        var names: [String] = []
        var position = start
        var hasMore = true
        while hasMore {
            let page = try reader.feed(
                after: position, matching: filter, includesRefused: includesRefused, limit: limit)
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
            "\(arrival.report.kind)/\(arrival.report.deliveryID).\(arrival.report.attemptNumber)"
        case .refused(let refused): "q\(refused.id)"
        case .replayed(let replay): "r\(replay.number)"
        }
    }

    /// Six deliveries of the reports a, b and c, a three times and c twice; one refused; two replays. A second between each.
    private static func with(_ body: (ArchiveWriter, ArchiveReader) throws -> Void) async throws {
        try await TestArchive.withWriter { writer in
            for (index, key) in ["a", "b", "a", "c", "c", "a"].enumerated() {
                try await writer.commitAll([
                    .fixture(
                        source: key == "c" ? "certn" : "klavi", receivedAt: QueryArchive.time(Int64(index) * 1000),
                        target: "/\(key)")
                ])
            }
            try Projector(writer, interpret: interpret).catchUp()
            writer.quarantine(.fixture(receivedAt: QueryArchive.time(2500)))
            _ = try writer.purgeQuarantine(QuarantineID(rawValue: 0))
            try writer.record(.fixture(deliveryID: 2, startedAt: QueryArchive.time(3500)))
            try writer.record(.fixture(deliveryID: 4, startedAt: QueryArchive.time(9000)))
            try body(writer, ArchiveReader(writer.location))
        }
    }

    private static let interpret: Projector.Interpret = { delivery in
        let key = String(delivery.request.target.text.dropFirst())
        return [.fixture(kind: key, key: key, fields: [ReportField("key", key)])]
    }

    private static let everything = ["a/1.1", "b/2.1", "a/3.2", "q1", "c/4.1", "r1", "c/5.2", "a/6.3", "r2"]

    @Test("everything comes in the order of time, whatever the size of a page", arguments: [1, 2, 3, 5, 1000])
    func pages(limit: Int) async throws {
        try await Self.with { _, reader in
            let (names, end) = try Self.follow(reader, limit: limit)
            #expect(names == Self.everything)
            #expect(try reader.feedEnd() == end)
            #expect(try Self.follow(reader, from: end).names == [])
        }
    }

    @Test("a filter takes arrivals, and replays of what it wants")
    func filtered() async throws {
        try await Self.with { _, reader in
            func names(_ adjust: (inout ReportFilter) -> Void, includesRefused: Bool = true) throws -> [String] {
                var filter = ReportFilter()
                adjust(&filter)
                return try Self.follow(reader, filter, includesRefused: includesRefused, limit: 2).names
            }
            let ofKind = try names({ $0.kinds = ["c"] }, includesRefused: false)
            #expect(ofKind == ["c/4.1", "c/5.2", "r2"])
            let ofField = try names({ $0.fields = [ReportField("key", "b")] }, includesRefused: false)
            #expect(ofField == ["b/2.1", "r1"])
            #expect(try names { $0.sources = ["klavi"] } == ["a/1.1", "b/2.1", "a/3.2", "q1", "r1", "a/6.3"])
            #expect(try names { $0.sources = ["certn"] } == ["c/4.1", "c/5.2", "r2"])
            #expect(try names { $0.sources = ["nobody"] } == [])
        }
    }

    @Test("the last events are those that a whole walk ends with, up to the position")
    func last() async throws {
        try await Self.with { writer, reader in
            let end = try reader.feedEnd()
            for count in [0, 1, 4, 9, 20] {
                let names = try reader.lastEvents(count, upTo: end, matching: ReportFilter(), includesRefused: true)
                    .map(Self.name)
                #expect(names == Self.everything.suffix(count))
            }
            try writer.record(.fixture(deliveryID: 2, startedAt: QueryArchive.time(9500)))
            let names = try reader.lastEvents(2, upTo: end, matching: ReportFilter(), includesRefused: false)
                .map(Self.name)
            #expect(names == ["a/6.3", "r2"])
            #expect(try Self.follow(reader, from: end).names == ["r3"])
        }
    }

    @Test("what is not indexed yet comes when it is, and an index that is filled anew brings nothing again")
    func lag() async throws {
        try await TestArchive.withWriter { writer in
            let reader = try ArchiveReader(writer.location)
            try await writer.commitAll([.fixture(target: "/a")])
            #expect(try Self.follow(reader).names == [])
            try Projector(writer, interpret: Self.interpret).catchUp()
            let (names, end) = try Self.follow(reader)
            #expect(names == ["a/1.1"])
            try await writer.commitAll([.fixture(target: "/b")])
            try writer.clearProjection()
            #expect(try Self.follow(reader, from: end).names == [])
            #expect(try Self.follow(reader, from: end).end == end)
            try Projector(writer, interpret: Self.interpret).catchUp()
            #expect(try Self.follow(reader, from: end).names == ["b/2.1"])
        }
    }

    @Test("beside a writer and its projector nothing is missed, and nothing comes twice")
    func beside() async throws {
        let count = 3000
        try await TestArchive.withWriter { writer in
            let projector = try Projector(writer, interpret: Self.interpret)
            projector.start { Issue.record($0) }
            defer { projector.stop() }
            for id in 1...count { writer.commit(.fixture(target: "/\(id % 700)")) { #expect($0.id == Int64(id)) } }
            let reader = try ArchiveReader(writer.location)
            var position = FeedPosition.start
            var ids: [Int64] = []
            while ids.count < count {
                let page = try reader.feed(
                    after: position, matching: ReportFilter(), includesRefused: true, limit: 500)
                for case .arrived(let arrival) in page.events { ids.append(arrival.report.deliveryID.rawValue) }
                position = page.end
            }
            #expect(ids == (1...count).map(Int64.init))
            #expect(try Self.follow(reader, from: position).names == [])
        }
    }

    @Test("what came out of the quarantine says so")
    func promoted() async throws {
        try await TestArchive.withWriter { writer in
            writer.quarantine(.fixture())
            _ = try writer.promote(
                QuarantineID(rawValue: 1), as: .fixture(target: "/a"), at: .fixture, forcedBecause: nil)
            try Projector(writer, interpret: Self.interpret).catchUp()
            let page = try ArchiveReader(writer.location).feed(
                after: .start, matching: ReportFilter(), includesRefused: true)
            guard case .arrived(let arrival)? = page.events.first else {
                Issue.record("nothing came")
                return
            }
            #expect(arrival.promotedFrom == QuarantineID(rawValue: 1))
            #expect(page.events.count == 1)
        }
    }
}
