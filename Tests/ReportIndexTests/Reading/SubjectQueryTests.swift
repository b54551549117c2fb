import ArchiveTestKit
import Deliveries
import Journal
import ReportIndex
import TestKit
import Testing

/// Tests the latest reports of a link, a case or a person, and lists of all arrivals of a report.
@Suite struct SubjectQueryTests {
    /// A report with a key, a type, the provider's time in seconds, and fields.
    private static func report(
        _ key: String, type: String = "status", at seconds: Int64? = nil, provider: String = "klavi",
        _ fields: [ReportField]
    ) -> RoutedReport {
        .fixture(
            provider: provider, type: type, key: key,
            providerTime: seconds.map { Timestamp.fixture.advanced(byMilliseconds: $0 * 1000) }, fields: fields)
    }

    private static func link(_ value: String) -> [ReportField] { [ReportField("linkId", value)] }

    private static func latest(
        per subject: ReportSubject, of reports: [RoutedReport],
        _ adjust: @Sendable (inout ReportFilter) -> Void = { _ in }
    ) async throws -> [String] {
        var filter = ReportFilter()
        filter.latestPer = [IdentityFamily].fixture.identifying(subject)
        adjust(&filter)
        return try await IndexArchive.with(reports) { [filter] in
            try $0.reports(matching: filter).compactMap(\.problem)
        }
    }

    @Test("the latest report of a link is selected by the provider's time")
    func providerTime() async throws {
        let reports = [
            Self.report("new", at: 50, Self.link("1")), Self.report("late", at: 10, Self.link("1")),
            Self.report("other", at: 20, Self.link("2")),
        ]
        #expect(try await Self.latest(per: .link, of: reports) == ["new", "other"])
    }

    @Test("without a provider's time the arrival time is used; if the times are equal, the later arrival is selected")
    func arrival() async throws {
        #expect(
            try await Self.latest(
                per: .link, of: [Self.report("a", Self.link("1")), Self.report("b", Self.link("1"))]) == ["b"])
        #expect(
            try await Self.latest(
                per: .link, of: [Self.report("a", at: 9, Self.link("1")), Self.report("b", at: 9, Self.link("1"))])
                == ["b"])
    }

    @Test("the latest reports are selected per type, and reports without a link are omitted")
    func types() async throws {
        let reports = [
            Self.report("a", type: "x", at: 1, Self.link("1")), Self.report("b", type: "y", at: 2, Self.link("1")),
            Self.report("c", type: "x", at: 3, Self.link("1")), Self.report("d", type: "x", at: 4, []),
            Self.report("e", type: "x", at: 5, [ReportField("cpf", "1")]),
        ]
        #expect(try await Self.latest(per: .link, of: reports) == ["c", "b"])
    }

    @Test("links, cases and persons are identified by different fields")
    func subjects() async throws {
        let reports = [
            Self.report("link", [ReportField("linkId", "1")]),
            Self.report("connection", [ReportField("connection_id", "2")]),
            Self.report("object", provider: "centric", [ReportField("object_id", "3")]),
            Self.report("applicant", provider: "legacy", [ReportField("id", "4")]),
            Self.report("not an applicant", provider: "generic", [ReportField("id", "5")]),
            Self.report("certificate", provider: "certificall", [ReportField("cfRef", "6")]),
            Self.report("person", [ReportField("personalTaxId", "7")]),
            Self.report("login", provider: "ezid", [ReportField("login_hint", "8")]),
        ]
        #expect(try await Self.latest(per: .link, of: reports) == ["connection", "link"])
        #expect(try await Self.latest(per: .case, of: reports) == ["certificate", "applicant", "object"])
        #expect(try await Self.latest(per: .subject, of: reports) == ["login", "person"])
    }

    @Test("the latest report is selected among the reports that match the other conditions")
    func combined() async throws {
        let reports = [
            Self.report("a", type: "x", at: 1, Self.link("1")), Self.report("b", type: "x", at: 2, Self.link("1")),
            Self.report("c", type: "y", at: 3, Self.link("1")), Self.report("d", type: "x", at: 4, Self.link("2")),
        ]
        #expect(try await Self.latest(per: .link, of: reports) { $0.types = ["x"] } == ["d", "b"])
        #expect(
            try await Self.latest(per: .link, of: reports) { filter in
                filter.types = ["x"]
                filter.fields = [ReportField("linkId", "1")]
            } == ["b"])
        #expect(
            try await Self.latest(per: .link, of: reports) { filter in
                filter.until = Timestamp.fixture.advanced(byMilliseconds: 1000)
            } == ["a"])
        #expect(try await Self.latest(per: .link, of: reports) { $0.limit = 1 } == ["d"])
    }

    @Test("all arrivals are listed, newest first, with their attempt numbers")
    func attempts() async throws {
        let reports = ["a", "b", "a", "a"].map { Self.report($0, Self.link("1")) }
        try await IndexArchive.with(reports) { reader in
            var filter = ReportFilter()
            filter.listsAttempts = true
            let rows = try reader.reports(matching: filter)
            #expect(rows.compactMap(\.problem) == ["a", "a", "b", "a"])
            #expect(rows.map(\.deliveryID.rawValue) == [4, 3, 2, 1])
            #expect(rows.map(\.attemptNumber) == [3, 2, 1, 1])
            #expect(rows.map(\.attemptCount) == [3, 3, 1, 3])
            #expect(
                rows.map { $0.receivedAt.milliseconds(since: .fixture) } == [3000, 2000, 1000, 0])
            filter.limit = 2
            #expect(try reader.reports(matching: filter).map(\.deliveryID.rawValue) == [4, 3])
            #expect(try reader.reports(matching: ReportFilter()).map(\.attemptNumber) == [1, 1])
        }
    }

    @Test("a report is newer if it has the same type and link, and a later provider's time")
    func newer() async throws {
        let reports = [
            Self.report("new", at: 50, Self.link("1")), Self.report("late", at: 10, Self.link("1")),
            Self.report("newest", at: 60, Self.link("1")), Self.report("type", type: "x", at: 5, Self.link("1")),
            Self.report("link", at: 5, Self.link("2")), Self.report("none", at: 1, []),
        ]
        try await IndexArchive.with(reports) { reader in
            let newer = try (1...7).map {
                try reader.newerReport(than: DeliveryID(rawValue: $0), identities: .fixture)?.rawValue
            }
            #expect(newer == [3, 3, nil, nil, nil, nil, nil])
        }
    }
}
