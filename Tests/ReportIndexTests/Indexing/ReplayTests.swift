import Deliveries
import ReportArchive
import TestKit
import Testing

@Suite struct ReplayRecordTests {
    @Test("replays read back as they were recorded, oldest first, each with its delivery")
    func roundTrip() async throws {
        let first = ReplayRecord.fixture(
            deliveryID: 2, method: "PUT", url: "https://a.example/x", durationMilliseconds: 0)
        let second = ReplayRecord.fixture(
            deliveryID: 2, startedAt: Timestamp(millisecondsSinceEpoch: 5), outcome: .failed("no answer"))
        let third = ReplayRecord.fixture(
            deliveryID: 2,
            outcome: .answered(status: 503, responseByteCount: 0, responseSHA256: SealedBody.raw("").sha256))
        let other = ReplayRecord.fixture(deliveryID: 1)
        try await TestArchive.withWriter { writer in
            try await writer.commitAll([.fixture(), .fixture()])
            for record in [first, other, second, third] { try writer.record(record) }
            let reader = try ArchiveReader(writer.location)
            #expect(try reader.replays(of: DeliveryID(rawValue: 2)) == [first, second, third])
            #expect(try reader.replays(of: DeliveryID(rawValue: 1)) == [other])
            #expect(try reader.replays(of: DeliveryID(rawValue: 3)) == [])
        }
    }

    @Test("a replay of a delivery that is not there is not recorded")
    func unknownDelivery() async throws {
        try await TestArchive.withWriter { writer in
            try writer.record(.fixture(deliveryID: 7))
            #expect(try ArchiveReader(writer.location).replays(of: DeliveryID(rawValue: 7)) == [])
        }
    }

    @Test("replays outlast a rebuild of the projection")
    func rebuild() async throws {
        try await TestArchive.withWriter { writer in
            try await writer.commitAll([.fixture()])
            try writer.record(.fixture())
            try writer.clearProjection()
            #expect(try ArchiveReader(writer.location).replays(of: DeliveryID(rawValue: 1)) == [.fixture()])
        }
    }
}
