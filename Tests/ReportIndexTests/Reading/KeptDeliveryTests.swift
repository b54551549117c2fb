import Deliveries
import GRDB
import TestKit
import Testing

@testable import ReportArchive

@Suite("What is left of a delivery")
struct KeptDeliveryTests {
    @Test("a delivery whose body is there is whole")
    func whole() async throws {
        try await TestArchive.withWriter { writer in
            try await writer.commitAll([.fixture(body: .raw("[1,2]"))])
            let kept = try #require(try ArchiveReader(writer.location).keptDelivery(DeliveryID(rawValue: 1)))
            #expect(kept.pruning == nil)
            #expect(kept.bodyByteCount == 5)
            #expect(kept.delivery.request.body == Array("[1,2]".utf8))
        }
    }

    @Test("one whose body went has everything else, and says when and why")
    func pruned() async throws {
        try await TestArchive.withWriter { writer in
            try await writer.commitAll([.fixture(target: "/a", body: .raw("[1,2]"))])
            let before = try #require(try ArchiveReader(writer.location).delivery(DeliveryID(rawValue: 1)))
            try writer.prune([1], reason: "keep 1ms is over")
            let reader = try ArchiveReader(writer.location)
            let kept = try #require(try reader.keptDelivery(DeliveryID(rawValue: 1)))
            #expect(
                kept.pruning
                    == BodyPruning(prunedAt: Timestamp(millisecondsSinceEpoch: 0), reason: "keep 1ms is over"))
            #expect(kept.bodyByteCount == 5)
            #expect(kept.delivery.request.body.isEmpty)
            #expect(kept.delivery.bodySHA256 == before.bodySHA256)
            #expect(kept.delivery.request.headers == before.request.headers)
            #expect(kept.delivery.request.target == before.request.target)
            #expect(kept.delivery.uuid == before.uuid)
        }
    }

    @Test("a number that is not there is none, and a damaged body is told as damage")
    func missing() async throws {
        try await TestArchive.withWriter { writer in
            try await writer.commitAll([.fixture()])
            #expect(try ArchiveReader(writer.location).keptDelivery(DeliveryID(rawValue: 2)) == nil)
            try PlainConnection.open(writer.location) { try $0.execute(sql: "UPDATE body SET bytes = x'00'") }
            #expect(throws: ArchiveReadFailure.self) {
                try ArchiveReader(writer.location).keptDelivery(DeliveryID(rawValue: 1))
            }
        }
    }
}
