import ArchiveTestKit
import Deliveries
import GRDB
import TestKit
import Testing

@testable import Journal
@testable import ReportIndex

@Suite("Reading kept deliveries")
struct KeptDeliveryTests {
    @Test("a delivery with its body is complete")
    func whole() async throws {
        try await IndexArchive.with { archive in
            try await archive.commitAll([.fixture(body: .raw("[1,2]"))])
            let kept = try #require(try archive.reader().keptDelivery(DeliveryID(rawValue: 1)))
            #expect(kept.pruning == nil)
            #expect(kept.bodyByteCount == 5)
            #expect(kept.delivery.request.body == Array("[1,2]".utf8))
        }
    }

    @Test("a pruned delivery lacks only its body, and has the time and reason")
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

    @Test("an unknown ID returns nil, and a damaged body throws")
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
}
