import ArchiveTestKit
import Deliveries
import Journal
import ReportIndex
import TestKit
import Testing

@Suite struct ReplayTests {
    @Test("replays of a delivery read back unchanged, oldest first")
    func roundTrip() async throws {
        let first = ReplayRecord.fixture(
            deliveryID: 2, method: "PUT", url: "https://a.example/x", durationMilliseconds: 0)
        let second = ReplayRecord.fixture(
            deliveryID: 2, startedAt: Timestamp(millisecondsSinceEpoch: 5), outcome: .failed("no response"),
            isChanged: true)
        let third = ReplayRecord.fixture(
            deliveryID: 2,
            outcome: .responded(status: 503, responseByteCount: 0, responseSHA256: EncodedBody.raw("").sha256))
        let other = ReplayRecord.fixture(deliveryID: 1)
        try await IndexArchive.with { archive in
            try await archive.commitAll([.fixture(), .fixture()])
            for record in [first, other, second, third] { try archive.record(.replay(record)) }
            let reader = try archive.reader()
            #expect(try reader.replays(of: DeliveryID(rawValue: 2)) == [first, second, third])
            #expect(try reader.replays(of: DeliveryID(rawValue: 1)) == [other])
            #expect(try reader.replays(of: DeliveryID(rawValue: 3)) == [])
        }
    }

    @Test("a replay of a missing or later delivery is left out")
    func unknownDelivery() async throws {
        try await IndexArchive.with { archive in
            for position in [2, 7] {
                try archive.writer.append(.replay(.fixture(deliveryID: Int64(position))), at: .fixture)
            }
            try await archive.commitAll([.fixture(), .fixture(), .fixture(), .fixture(), .fixture()])
            try archive.index()
            for id in 1...7 { #expect(try archive.reader().replays(of: DeliveryID(rawValue: Int64(id))) == []) }
        }
    }

    @Test("replays survive a rebuild")
    func rebuild() async throws {
        try await IndexArchive.with { archive in
            try await archive.commitAll([.fixture()])
            try archive.record(.replay(.fixture()))
            try archive.rebuild()
            #expect(try archive.reader().replays(of: DeliveryID(rawValue: 1)) == [.fixture()])
        }
    }
}
