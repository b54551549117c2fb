import ArchiveTestKit
import Deliveries
import GRDB
import TestKit
import Testing

@testable import Journal
@testable import ReportIndex

@Suite("Reading kept deliveries")
struct KeptDeliveryTests {
    @Test("a delivery that was not pruned is read with its body")
    func whole() async throws {
        try await IndexArchive.with { archive in
            try await archive.commitAll([.fixture(body: .raw("[1,2]"))])
            let kept = try #require(try archive.reader().keptDelivery(DeliveryID(rawValue: 1)))
            #expect(kept.pruning == nil)
            #expect(kept.bodyByteCount == 5)
            #expect(kept.delivery.request.body == Array("[1,2]".utf8))
        }
    }

    @Test("a pruned delivery lacks only its body, and has the time and the reason of the pruning")
    func pruned() async throws {
        try await IndexArchive.with { archive in
            try await archive.commitAll([.fixture(target: "/a", body: .raw("[1,2]"))])
            try archive.index()
            let before = try #require(try archive.reader().delivery(DeliveryID(rawValue: 1)))
            try archive.prune([1], reason: "older than 'keep: 1ms' of the source")
            let reader = try archive.reader()
            let kept = try #require(try reader.keptDelivery(DeliveryID(rawValue: 1)))
            #expect(
                kept.pruning
                    == BodyPruning(prunedAt: MaintenanceArchive.now, reason: "older than 'keep: 1ms' of the source"))
            #expect(kept.bodyByteCount == 5)
            #expect(kept.delivery.request.body.isEmpty)
            #expect(kept.delivery.bodySHA256.isEmpty)
            #expect(kept.delivery.request.headers == before.request.headers)
            #expect(kept.delivery.request.target == before.request.target)
            #expect(kept.delivery.uuid == before.uuid)
        }
    }

    @Test("an unknown ID returns nil, and a damaged body throws an error")
    func missing() async throws {
        try await IndexArchive.with { archive in
            try await archive.commitAll([.fixture()])
            #expect(try archive.reader().keptDelivery(DeliveryID(rawValue: 2)) == nil)
            try PlainConnection.damage(archive.directory.journal.path, "UPDATE entry SET body = x'00'")
            #expect(throws: ArchiveError.self) {
                try archive.reader().keptDelivery(DeliveryID(rawValue: 1))
            }
        }
    }

    @Test("a copy without the record of a pruning shows the delivery as pruned; later deliveries are not copied yet")
    func incompleteCopy() async throws {
        try await IndexArchive.with { primary in
            try await primary.commitAll([.fixture(), .fixture(), .fixture()])
            try primary.index()
            try primary.prune([1], reason: "keep 1ms is over")
            try primary.writer.remove([2])
            let source = try JournalReader(primary.directory.journal)
            defer { source.close() }
            try await IndexArchive.with { copy in
                let writer = copy.writer
                try writer.followArchive(from: try writer.end())
                func copyOn(countLimit: Int) throws {
                    let run = try source.run(
                        after: try writer.end().position, countLimit: countLimit, byteCountLimit: .max)
                    _ = try writer.append([#require(run)])
                }
                try copyOn(countLimit: 2)
                let id = { DeliveryID(rawValue: $0) }
                let first = try #require(try copy.reader().keptDelivery(id(1)))
                #expect(
                    first.pruning
                        == BodyPruning(prunedAt: nil, reason: "the reason is in entry 4, which is not copied yet"))
                #expect(try copy.reader().absence(of: id(2)) == .removed(record: 5))
                #expect(try copy.reader().absence(of: id(4)) == .notCopied(end: 3))

                try copyOn(countLimit: 100)
                #expect(try copy.reader().keptDelivery(id(1))?.pruningReason == "keep 1ms is over")
                #expect(try copy.reader().absence(of: id(6)) == .notCopied(end: 5))
                #expect(try primary.reader().absence(of: id(6)) == .unknown)
                #expect(try primary.reader().absence(of: id(4)) == .unknown)
            }
            // In an archive that is not a copy, a missing record is damage.
            let damage = "UPDATE entry SET prunedBy = 9 WHERE position = 1"
            try PlainConnection.damage(primary.directory.journal.path, damage)
            #expect(throws: ArchiveError.self) { try primary.reader().keptDelivery(DeliveryID(rawValue: 1)) }
        }
    }
}
