import ArchiveTestKit
import Deliveries
import Journal
import ReportIndex
import TestKit
import Testing

@Suite struct ReplayTests {
    @Test("the replays of a delivery are unchanged after storing and are listed oldest first")
    func roundTrip() async throws {
        let first = ReplayRecord.fixture(
            deliveryID: 2, method: "PUT", url: "https://a.example/x", durationMilliseconds: 0)
        let second = ReplayRecord.fixture(
            deliveryID: 2, startedAt: Timestamp(millisecondsSinceEpoch: 5), outcome: .failed("no response"),
            changes: ["$.a", "header X-B"])
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

    @Test("a replay run is unchanged after storing, and its results are in the order of the items")
    func runs() async throws {
        let run = ReplayRunRecord(
            startedAt: .fixture, url: "http://h/", deliveryCount: 2, itemCount: 4, byteCount: 9, options: "signed again"
        )
        try await IndexArchive.with { archive in
            try await archive.commitAll([.fixture(), .fixture()])
            let id = try archive.record(.replayRun(run))
            let results = [1, 0, 3].map { item in
                ReplayRecord.fixture(
                    deliveryID: Int64(item % 2 + 1),
                    place: ReplayRecord.Place(run: id, item: item, isSentAgain: item == 3))
            }
            for result in results { try archive.record(.replay(result)) }
            try archive.record(.replay(.fixture(place: ReplayRecord.Place(run: id + 100, item: 0))))
            let reader = try archive.reader()
            let found = try #require(try reader.replayRun(id))
            #expect(found.record == run && found.state == .started && found.sentCount == 3)
            var read: [ReplayRecord] = []
            try reader.forEachReplay(inRun: id) { read.append($0) }
            #expect(read == [results[1], results[0], results[2]])
            #expect(try reader.replayRun(id + 1) == nil)
            for (change, state) in [
                (ReplayRunChangeRecord.Change.paused, ReplayRunState.paused), (.resumed(uncertainItems: [2]), .resumed),
                (.ended, .ended),
            ] {
                try archive.record(.replayRunChange(ReplayRunChangeRecord(run: id, at: .fixture, change: change)))
                #expect(try archive.reader().replayRuns(limit: 1).map(\.state) == [state])
            }
        }
    }

    @Test("a replay is omitted if its delivery is missing or was appended after the replay")
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

    @Test("replays are unchanged after a rebuild")
    func rebuild() async throws {
        try await IndexArchive.with { archive in
            try await archive.commitAll([.fixture()])
            try archive.record(.replay(.fixture()))
            try archive.rebuild()
            #expect(try archive.reader().replays(of: DeliveryID(rawValue: 1)) == [.fixture()])
        }
    }
}
