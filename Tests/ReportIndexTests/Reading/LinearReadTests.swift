import Deliveries
import GRDB
import Synchronization
import TestKit
import Testing

@testable import Journal
@testable import ReportIndex

/// Tests that reading the reports of one delivery takes time proportional to their size.
@Suite struct LinearReadTests {
    private static func report(_ number: Int, fieldCount: Int) -> RoutedReport {
        .fixture(key: "\(number)", fields: (0..<fieldCount).map { ReportField("name\($0)", "\(number)") })
    }

    /// The number of statements on `field` that run when a delivery's reports are read.
    private static func fieldStatementCount(_ id: Int64, _ reader: ArchiveReader) throws -> Int {
        let count = Mutex(0)
        try reader.read { db in
            db.trace { event in
                if "\(event)".contains("FROM field") { count.withLock { $0 += 1 } }
            }
        }
        _ = try reader.reports(of: DeliveryID(rawValue: id))
        try reader.read { db in db.trace(options: []) }
        return count.withLock { $0 }
    }

    @Test("reading a delivery of 1,000 reports with 100 fields each reads the segment once")
    func oneSegment() async throws {
        let reports = (0..<1000).map { Self.report($0, fieldCount: 100) }
        try await SparseArchive.withReader([.fixture(1, reports)]) { reader in
            #expect(try Self.fieldStatementCount(1, reader) == 1)
            let brought = try reader.reports(of: DeliveryID(rawValue: 1))
            #expect(brought.count == 1000)
            #expect(brought.allSatisfy { $0.fields.count == 100 })
            #expect(brought[999].fields.allSatisfy { $0.value == "999" })
        }
    }

    @Test("the fields of repeats are read from the segments of the first arrivals, each segment once")
    func segmentsOfRepeats() async throws {
        let reports = (0..<60).map { Self.report($0, fieldCount: 3) }
        let deliveries: [IndexedDelivery] = [
            .fixture(1, Array(reports[0..<20])), .fixture(5000, Array(reports[20..<40])), .fixture(10_000, reports),
        ]
        try await SparseArchive.withReader(deliveries) { reader throws in
            #expect(try Self.fieldStatementCount(10_000, reader) == 3)
            #expect(try reader.reports(of: DeliveryID(rawValue: 10_000)).allSatisfy { $0.fields.count == 3 })
        }
    }
}
