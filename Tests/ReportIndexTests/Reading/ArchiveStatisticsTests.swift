import ArchiveTestKit
import Deliveries
import Foundation
import Journal
import ReportIndex
import TestKit
import Testing

@Suite struct ArchiveStatisticsTests {
    @Test("an empty archive has no reports and no times of arrival")
    func empty() async throws {
        try await IndexArchive.with { archive in
            let statistics = try archive.reader().statistics()
            #expect(statistics.sources.isEmpty)
            #expect(statistics.reportCount == 0)
            #expect(statistics.unindexedCount == 0)
            #expect(statistics.firstReceivedAtMilliseconds == nil)
            #expect(statistics.lastReceivedAtMilliseconds == nil)
            #expect(statistics.fileByteCount > 0)
        }
    }

    @Test("deliveries are counted with their sizes by source, and reports by route and type")
    func counts() async throws {
        let later = Timestamp.fixture.advanced(byMilliseconds: 5000)
        try await IndexArchive.with { archive in
            try await archive.commitAll([
                .fixture(source: "klavi", body: .compressed), .fixture(source: "certn", body: .raw("12345")),
                .fixture(source: "klavi", receivedAt: later, body: .raw("123")),
            ])
            try archive.index { delivery in
                switch delivery.id.rawValue {
                case 1: [.fixture(key: "a"), .fixture(type: "other", key: "b", route: nil)]
                case 2: [.fixture(type: ReportContent.unrecognisedType, key: "c", route: nil)]
                default: [.fixture(key: "a")]
                }
            }
            try archive.record(.replay(.fixture(deliveryID: 1)))
            try await archive.commitAll([.fixture(source: "klavi", receivedAt: later, body: .raw("1"))])
            let statistics = try archive.reader().statistics()
            #expect(statistics.sources.map(\.source) == ["certn", "klavi"])
            #expect(statistics.sources.map(\.deliveryCount) == [1, 3])
            #expect(statistics.sources.map(\.bodyByteCount) == [5, 1011 + 3 + 1])
            #expect(statistics.sources.map(\.storedByteCount) == [5, 27 + 3 + 1])
            #expect(statistics.reportCount == 3)
            #expect(statistics.unroutedCount == 2)
            #expect(statistics.unrecognisedCount == 1)
            #expect(statistics.replayCount == 1)
            #expect(statistics.unindexedCount == 1)
            #expect(statistics.firstReceivedAtMilliseconds == Timestamp.fixture.millisecondsSinceEpoch)
            #expect(statistics.lastReceivedAtMilliseconds == later.millisecondsSinceEpoch)
        }
    }

    @Test("the size includes all database files and their write-ahead logs")
    func fileByteCount() async throws {
        try await IndexArchive.with { archive in
            try await archive.commitAll([.fixture()])
            try archive.quarantine(.fixture())
            let reader = try archive.reader()
            let files = [
                "journal.sqlite", "journal.sqlite-wal", "index.sqlite", "index.sqlite-wal", "quarantine.sqlite",
            ]
            let byteCount = files.reduce(0) {
                $0 + ((try? Data(contentsOf: URL(filePath: "\(archive.directory.path)/\($1)")))?.count ?? 0)
            }
            #expect(try reader.statistics().fileByteCount == Int64(byteCount))
        }
    }
}
