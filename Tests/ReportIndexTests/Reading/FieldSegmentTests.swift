import ArchiveTestKit
import Deliveries
import Journal
import ReportIndex
import Testing

/// Tests reports whose fields are in several segments of the index. A segment has 4,096 deliveries.
@Suite struct FieldSegmentTests {
    /// | key | delivery | arrives at | link | cpf |
    /// |-----|---------:|-----------:|------|-----|
    /// | a   |        1 |          0 | 1    | 9   |
    /// | b   |     4095 |       1000 | 1    |     |
    /// | c   |     4096 |       2000 | 2    | 9   |
    /// | d   |    12287 |       3000 | 1, 2 |     |
    /// | e   |    12288 |       4000 | 2    | 8   |
    /// | f   |   100000 |       5000 | 1    | 9   |
    private static let deliveries = [
        delivery(1, 0, "a", [("linkId", "1"), ("cpf", "9")]), delivery(4095, 1, "b", [("linkId", "1")]),
        delivery(4096, 2, "c", [("linkId", "2"), ("cpf", "9")]),
        delivery(12287, 3, "d", [("linkId", "1"), ("linkId", "2")]),
        delivery(12288, 4, "e", [("linkId", "2"), ("cpf", "8")]),
        delivery(100_000, 5, "f", [("linkId", "1"), ("cpf", "9")]),
    ]

    private static func delivery(
        _ id: Int64, _ seconds: Int64, _ key: String, _ fields: [(String, String)]
    ) -> IndexedDelivery {
        .fixture(
            id, receivedAt: QueryArchive.time(seconds * 1000),
            [.fixture(key: key, fields: fields.map(ReportField.init))])
    }

    private static func number(_ delivery: Int64) -> ReportID {
        ReportID(rawValue: delivery << 20 | 1)
    }

    private static let one = ReportField("linkId", "1")
    private static let two = ReportField("linkId", "2")

    static let cases: [ReportFilterTests.Case] = [
        .init("a value", "fdba") { $0.fields = [one] },
        .init("two values, a report that has both once", "fedcba") { $0.fields = [one, two] },
        .init("two names", "fca") { $0.fields = [ReportField("cpf", "9"), one, two] },
        .init("two names in reverse order", "fa") { $0.fields = [one, ReportField("cpf", "9")] },
        .init("several values of two names", "feca") {
            $0.fields = [ReportField("cpf", "8"), two, ReportField("cpf", "9"), one]
        },
        .init("a value in only one segment", "e") { $0.fields = [ReportField("cpf", "8")] },
        .init("a value of no report", "") { $0.fields = [ReportField("linkId", "3")] },
        .init("a name of no report", "") { $0.fields = [one, ReportField("other", "1")] },
        .init("since", "fd") { ($0.fields, $0.since) = ([one], QueryArchive.time(3000)) },
        .init("until", "ba") { ($0.fields, $0.until) = ([one], QueryArchive.time(3000)) },
        .init("since and until", "db") {
            ($0.fields, $0.since, $0.until) = ([one], QueryArchive.time(1), QueryArchive.time(3001))
        },
        .init("before a report", "ba") { ($0.fields, $0.before) = ([one], number(12287)) },
        .init("before the first report of a segment", "ba") { ($0.fields, $0.before) = ([one], number(4096)) },
        .init("before a missing report", "dba") { ($0.fields, $0.before) = ([one], number(60000)) },
        .init("before the first report", "") { ($0.fields, $0.before) = ([one], number(1)) },
        .init("a limit", "fd") { ($0.fields, $0.limit) = ([one], 2) },
        .init("all conditions", "d") {
            ($0.fields, $0.limit, $0.before, $0.since) = ([one, two], 1, number(12288), QueryArchive.time(2000))
        },
        .init("every arrival", "fdba") { ($0.fields, $0.listsAttempts) = ([one], true) },
        .init("the latest report of a link", "fe") { $0.latestPer = .link },
        .init("the latest report of a link before another", "d") { ($0.latestPer, $0.before) = (.link, number(12288)) },
    ]

    @Test("fields are found in every segment, newest first, within the limits of the filter", arguments: cases)
    func search(_ one: ReportFilterTests.Case) async throws {
        #expect(try await SparseArchive.keys(in: Self.deliveries, one.adjust).joined() == one.expected)
    }

    @Test("the fields of a report are read from its own segment")
    func fields() async throws {
        try await SparseArchive.withReader(Self.deliveries) { reader in
            for (id, count) in [(Int64(1), 2), (4095, 1), (4096, 2), (12287, 2), (12288, 2), (100_000, 2)] {
                let reports = try reader.reports(of: DeliveryID(rawValue: id))
                #expect(reports.map(\.fields.count) == [count])
            }
        }
    }

    @Test("a page of a filter on fields starts where the previous page ended", arguments: 1...5)
    func pages(size: Int) async throws {
        try await SparseArchive.withReader(Self.deliveries) { reader in
            var filter = ReportFilter()
            (filter.fields, filter.limit) = ([Self.one, Self.two], size)
            var keys = ""
            while true {
                let page = try reader.reports(matching: filter)
                guard let last = page.last else { break }
                keys += page.compactMap(\.problem).joined()
                filter.before = last.reportID
            }
            #expect(keys == "fedcba")
        }
    }
}
