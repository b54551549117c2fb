import ArchiveTestKit
import Deliveries
import TestKit
import Testing

@testable import Journal
@testable import ReportIndex

@Suite("The previous report, and the fields of several reports")
struct PreviousReportTests {
    /// Runs `body` with reports that have these types, provider times in milliseconds, and links.
    private static func withReports<Value>(
        _ reports: [(type: String, time: Int64?, link: String)], _ body: (ArchiveReader) throws -> Value
    ) async throws -> Value {
        let fixtures = reports.enumerated().map { index, report in
            RoutedReport.fixture(
                type: report.type, key: "\(index + 1)", providerTime: report.time.map(QueryArchive.time),
                fields: [ReportField("linkId", report.link), ReportField("status", "s\(index + 1)")])
        }
        return try await IndexArchive.with(fixtures, seconds: reports.indices.map { Int64($0) * 10 }, body)
    }

    private static func previous(_ id: Int64, _ reports: [(type: String, time: Int64?, link: String)]) async throws
        -> Int64?
    {
        try await withReports(reports) { reader in
            let delivered = try #require(try reader.reports(of: DeliveryID(rawValue: id)).first)
            return try reader.previous(to: delivered, identities: .fixture)?.deliveryID.rawValue
        }
    }

    @Test("the previous report is the last report before a report that has the same link and type")
    func latest() async throws {
        let reports: [(type: String, time: Int64?, link: String)] = [
            ("income", 100, "L"), ("income", 300, "L"), ("income", 200, "L"), ("checking", 350, "L"),
            ("income", 350, "other"), ("income", 400, "L"),
        ]
        #expect(try await Self.previous(6, reports) == 2)
        #expect(try await Self.previous(2, reports) == 3)
        #expect(try await Self.previous(3, reports) == 1)
        #expect(try await Self.previous(1, reports) == nil)
        #expect(try await Self.previous(4, reports) == nil)
    }

    @Test("without a provider's time the arrival time is used; if the times are equal, the higher ID is later")
    func arrival() async throws {
        #expect(try await Self.previous(2, [("income", nil, "L"), ("income", nil, "L")]) == 1)
        #expect(try await Self.previous(2, [("income", 5, "L"), ("income", 5, "L")]) == 1)
        #expect(try await Self.previous(1, [("income", 5, "L"), ("income", 5, "L")]) == nil)
    }

    @Test("fields are grouped by report, and only fields with the requested names are returned")
    func fields() async throws {
        try await Self.withReports([("a", nil, "L"), ("b", nil, "M"), ("c", nil, "L")]) { reader in
            let ids = try reader.reports(matching: ReportFilter()).map(\.reportID)
            let found = try reader.fields(named: ["linkId", "nothing"], of: [ids[0], ids[1]])
            #expect(found == [ids[0]: [ReportField("linkId", "L")], ids[1]: [ReportField("linkId", "M")]])
            #expect(try reader.fields(named: ["linkId"], of: []).isEmpty)
            #expect(try reader.fields(named: [], of: Set(ids)).isEmpty)
        }
    }
}
