import ArchiveTestKit
import Deliveries
import TestKit

@testable import Journal
@testable import ReportIndex

/// Six reports that differ in every property of a filter. The keys of the reports are `a` to `f`, in the order of
/// arrival.
///
/// | key | provider      | source | type         | topic    | received | fields          |
/// |-----|---------------|--------|--------------|--------|---------:|-----------------|
/// | a   | klavi         | klavi  | link_created | links  |        0 | linkId 1        |
/// | b   | klavi         | klavi  | pf_income    |        |     1000 | linkId 1, cpf 9 |
/// | c   | certn-legacy  | certn  | applicant    | checks |     2000 | linkId 2        |
/// | d   | certn-centric | certn  | CASE_CHANGED | checks |     3000 |                 |
/// | e   | ezid          | logins | redirect     | logins |     4000 | note 100%_'";-- |
/// | f   | klavi         | second | link_created | links  |     5000 | linkId 2, cpf 9 |
enum QueryArchive {
    private struct Entry: Sendable {
        let source: String
        let report: RoutedReport
    }

    static let hostileText = #"100%_'";--"#

    private static let entries: [Entry] = [
        Entry(source: "klavi", report: report("klavi", "link_created", "a", "links", [linkID("1")])),
        Entry(source: "klavi", report: report("klavi", "pf_income", "b", nil, [linkID("1"), ReportField("cpf", "9")])),
        Entry(source: "certn", report: report("certn-legacy", "applicant", "c", "checks", [linkID("2")])),
        Entry(source: "certn", report: report("certn-centric", "CASE_CHANGED", "d", "checks", [])),
        Entry(
            source: "logins", report: report("ezid", "redirect", "e", "logins", [ReportField("note", hostileText)])),
        Entry(
            source: "second",
            report: report("klavi", "link_created", "f", "links", [linkID("2"), ReportField("cpf", "9")])),
    ]

    private static func linkID(_ value: String) -> ReportField {
        ReportField("linkId", value)
    }

    private static func report(
        _ provider: String, _ type: String, _ key: String, _ topic: String?, _ fields: [ReportField]
    ) -> RoutedReport {
        .fixture(
            provider: provider, type: type, key: key, fields: fields,
            route: topic.map { Route(rule: .specific, topic: $0) }
        )
    }

    static func time(_ milliseconds: Int64) -> Timestamp {
        Timestamp.fixture.advanced(byMilliseconds: milliseconds)
    }

    static func withReader<Value>(_ body: (ArchiveReader) throws -> Value) async throws -> Value {
        try await IndexArchive.with { archive in
            for (index, entry) in entries.enumerated() {
                try await archive.commitAll([
                    .fixture(source: entry.source, receivedAt: time(Int64(index) * 1000), body: .raw("body \(index)"))
                ])
            }
            try archive.index { [entries[Int($0.id.rawValue) - 1].report] }
            return try body(archive.reader())
        }
    }

    /// The keys of the reports that a filter finds, newest first.
    static func keys(_ adjust: @Sendable (inout ReportFilter) -> Void) async throws -> String {
        var filter = ReportFilter()
        adjust(&filter)
        var keys = ""
        try await withReader { keys = try $0.reports(matching: filter).compactMap(\.problem).joined() }
        return keys
    }
}
