import ArchiveTestKit
import Deliveries
import TestKit
import Testing

@testable import Journal
@testable import ReportIndex

/// Tests queries by time. Each query reads the spans of 1,024 deliveries that overlap the range of time.
@Suite struct TimeSpanTests {
    private static func delivery(_ id: Int64, _ seconds: Int64) -> IndexedDelivery {
        .fixture(id, receivedAt: QueryArchive.time(seconds * 1000), [.fixture(key: "\(id)")])
    }

    /// The deliveries that arrived at or after the second `since` and before the second `until`.
    private static func found(
        _ deliveries: [IndexedDelivery], _ since: Int64?, _ until: Int64?
    ) async throws -> String {
        try await SparseArchive.keys(in: deliveries) {
            $0.since = since.map { QueryArchive.time($0 * 1000) }
            $0.until = until.map { QueryArchive.time($0 * 1000) }
        }.joined(separator: " ")
    }

    /// Deliveries in four spans. In the second span, the clock was set back by an hour.
    private static let setBack = [
        delivery(1, 0), delivery(1023, 100), delivery(1024, 200), delivery(1030, -3400), delivery(2047, -3300),
        delivery(2048, -3200), delivery(5000, 300),
    ]

    @Test("arrivals within a range of time are found, even if a clock was set back")
    func clockSetBack() async throws {
        #expect(try await Self.found(Self.setBack, -3400, -3200) == "2047 1030")
        #expect(try await Self.found(Self.setBack, -3300, 100) == "2048 2047 1")
        #expect(try await Self.found(Self.setBack, 100, nil) == "5000 1024 1023")
        #expect(try await Self.found(Self.setBack, nil, 0) == "2048 2047 1030")
        #expect(try await Self.found(Self.setBack, 150, 150) == "")
        #expect(try await Self.found(Self.setBack, 200, 100) == "")
        #expect(try await Self.found(Self.setBack, 301, nil) == "")
        #expect(try await Self.found(Self.setBack, nil, -3400) == "")
        #expect(try await Self.found(Self.setBack, nil, nil) == "5000 2048 2047 1030 1024 1023 1")
    }

    @Test("a time span has the times of its first and last arrival, even if several batches wrote it")
    func batches() async throws {
        try await IndexArchive.with { archive in
            for delivery in Self.setBack { try archive.writeBatch([delivery]) }
            let inParts = try IndexDump(archive.directory)
            try await IndexArchive.with { other in
                try other.writeBatch(Self.setBack)
                #expect(try IndexDump(other.directory).rows["span"] == inParts.rows["span"])
            }
            #expect(inParts.count("span") == 4)
        }
    }

    @Test("a time span covers 1,024 delivery IDs")
    func bounds() throws {
        let spans = TimeSpan.spans(of: Self.setBack)
        #expect(spans.map(\.id) == [0, 1, 2, 4])
        #expect(spans.map { $0.last.milliseconds(since: $0.first) / 1000 } == [100, 3600, 0, 0])
    }

    @Test("extreme times are valid")
    func extremes() async throws {
        let deliveries = [Self.delivery(1, 0), Self.delivery(2, -100_000_000_000), Self.delivery(3, 100_000_000_000)]
        #expect(try await Self.found(deliveries, -100_000_000_000, nil) == "3 2 1")
        #expect(try await Self.found(deliveries, 1, nil) == "3")
        #expect(try await Self.found(deliveries, nil, 0) == "2")
    }
}
