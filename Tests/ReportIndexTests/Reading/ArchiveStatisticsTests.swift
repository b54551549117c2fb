import Deliveries
import Foundation
import ReportArchive
import TestKit
import Testing

@Suite struct ArchiveStatisticsTests {
    @Test("an empty archive counts nothing")
    func empty() async throws {
        try await TestArchive.withWriter { writer in
            let statistics = try ArchiveReader(writer.location).statistics()
            #expect(statistics.sources.isEmpty)
            #expect(statistics.reportCount == 0)
            #expect(statistics.unprojectedCount == 0)
            #expect(statistics.firstReceivedAtMilliseconds == nil)
            #expect(statistics.lastReceivedAtMilliseconds == nil)
            #expect(statistics.fileByteCount > 0)
        }
    }

    @Test("deliveries are counted by source with their sizes, reports by what became of them")
    func counts() async throws {
        let later = Timestamp.fixture.advanced(byMilliseconds: 5000)
        try await TestArchive.withWriter { writer in
            try await writer.commitAll([
                .fixture(source: "klavi", body: .compressed), .fixture(source: "certn", body: .raw("12345")),
                .fixture(source: "klavi", receivedAt: later, body: .raw("123")),
            ])
            try Projector(writer) { delivery in
                switch delivery.id.rawValue {
                case 1: [.fixture(key: "a"), .fixture(key: "b", route: nil)]
                case 2: [.fixture(kind: ReportContent.unrecognisedKind, key: "c", route: nil)]
                default: [.fixture(key: "a")]
                }
            }.catchUp()
            try await writer.commitAll([.fixture(source: "klavi", receivedAt: later, body: .raw("1"))])
            try writer.record(.fixture(deliveryID: 1))
            let statistics = try ArchiveReader(writer.location).statistics()
            #expect(statistics.sources.map(\.source) == ["certn", "klavi"])
            #expect(statistics.sources.map(\.deliveryCount) == [1, 3])
            #expect(statistics.sources.map(\.bodyByteCount) == [5, 1011 + 3 + 1])
            #expect(statistics.sources.map(\.storedByteCount) == [5, 27 + 3 + 1])
            #expect(statistics.reportCount == 3)
            #expect(statistics.unroutedCount == 2)
            #expect(statistics.unrecognisedCount == 1)
            #expect(statistics.replayCount == 1)
            #expect(statistics.unprojectedCount == 1)
            #expect(statistics.firstReceivedAtMilliseconds == Timestamp.fixture.millisecondsSinceEpoch)
            #expect(statistics.lastReceivedAtMilliseconds == later.millisecondsSinceEpoch)
        }
    }

    @Test("the file's size is that of the database and its log")
    func fileByteCount() async throws {
        try await TestArchive.withWriter { writer in
            try await writer.commitAll([.fixture()])
            let path = writer.location.path
            let byteCount = try [path, path + "-wal"].map { try Data(contentsOf: URL(filePath: $0)).count }.reduce(0, +)
            #expect(try ArchiveReader(writer.location).statistics().fileByteCount == Int64(byteCount))
        }
    }
}
