import ArchiveTestKit
import Deliveries
import Journal
import ReportIndex
import TestKit
import Testing

@Suite("Link progress")
struct LinkProgressTests {
    private static let uuid = "4437b139-8a16-11ee-b636-487b6bad036a"

    /// The progress of a link that was requested at second 10. Each report arrives at the given second in a separate
    /// delivery.
    private static func progress(
        _ order: LinkOrder, _ reports: [(second: Int64, report: RoutedReport)], _ verification: Verification = .verified
    ) async throws -> LinkProgress {
        try await IndexArchive.with { archive in
            for (index, entry) in reports.enumerated() {
                try await archive.commitAll([
                    .fixture(receivedAt: time(entry.second), verification: verification, body: .raw("\(index)"))
                ])
            }
            let contents = reports.map(\.report)
            try archive.index { [contents[Int($0.id.rawValue) - 1]] }
            let id = LinkID(rawValue: try archive.record(.link(order), at: time(10)))
            let reader = try archive.reader()
            return try reader.progress(of: #require(try reader.link(id)))
        }
    }

    private static func time(_ seconds: Int64) -> Timestamp {
        Timestamp.fixture.advanced(byMilliseconds: seconds * 1000)
    }

    private static func report(
        _ type: String, _ fields: [(String, String)], provider: String = "klavi", key: String? = nil
    ) -> RoutedReport {
        .fixture(
            provider: provider, type: type, key: key ?? "\(provider) \(type) \(fields)",
            fields: fields.map { ReportField($0.0, $0.1) })
    }

    private static func order(_ keys: [(String, String)], _ expectations: String...) -> LinkOrder {
        LinkOrder(
            provider: "klavi", api: "", keys: keys.map { ReportField($0.0, $0.1) },
            expectations: expectations.compactMap { LinkExpectation($0) })
    }

    @Test(
        "the arrivals of a link are the reports that have one of its keys, oldest first",
        arguments: ["l-1", uuid, uuid.uppercased()])
    func byKey(value: String) async throws {
        let progress = try await Self.progress(
            Self.order([("linkId", value)], "b", "c"),
            [
                (10, Self.report("a", [("linkId", value)])), (11, Self.report("b", [("linkId", value), ("x", "1")])),
                (12, Self.report("c", [("linkId", value + "x")])), (13, Self.report("c", [("other", value)])),
            ])
        #expect(progress.arrivals.map(\.type) == ["a", "b"])
        #expect(progress.arrivals.map(\.deliveryID.rawValue) == [1, 2])
        #expect(progress.arrivals.map(\.receivedAt) == [Self.time(10), Self.time(11)])
        #expect(progress.missing == [LinkExpectation("c")])
    }

    @Test("a report matches a link by one key, and a report that matches two keys counts once")
    func severalKeys() async throws {
        let progress = try await Self.progress(
            Self.order([("id", "1"), ("application.id", "2")], "a", "b", "c"),
            [
                (11, Self.report("a", [("id", "1")])), (12, Self.report("b", [("application.id", "2")])),
                (13, Self.report("c", [("application.id", "2"), ("id", "1")])),
            ])
        #expect(progress.arrivals.map(\.type) == ["a", "b", "c"])
        #expect(progress.missing == [])
    }

    @Test("only proved reports and expected browser redirects count for a link", arguments: Verification.allCases)
    func verification(verification: Verification) async throws {
        let isProved = [.verified, .fetched].contains(verification)
        let reports: [(Int64, RoutedReport)] = ["a", "redirect"].enumerated().map {
            (11 + Int64($0), Self.report($1, [("linkId", "1")]))
        }
        let expecting = try await Self.progress(Self.order([("linkId", "1")], "a", "redirect"), reports, verification)
        #expect(expecting.arrivals.map(\.isProved) == [isProved, isProved])
        let missing = isProved ? [] : verification == .unverified ? ["a"] : ["a", "redirect"]
        #expect(expecting.missing == missing.compactMap { LinkExpectation($0) })
        let any = try await Self.progress(Self.order([("linkId", "1")]), reports, verification)
        #expect(any.isPending != isProved)
    }

    @Test("a repeated report counts once for a link")
    func repeats() async throws {
        let report = Self.report("a", [("linkId", "1")], key: "same")
        let progress = try await Self.progress(Self.order([("linkId", "1")]), [(11, report), (12, report)])
        #expect(progress.arrivals.map(\.deliveryID.rawValue) == [1])
    }

    @Test("reports of another provider do not count for a link")
    func otherProvider() async throws {
        let progress = try await Self.progress(
            Self.order([("linkId", "1")], "a"),
            [(11, Self.report("a", [("linkId", "1")], provider: "certn-legacy"))])
        #expect(progress.arrivals == [])
        #expect(progress.missing == [LinkExpectation("a")])
    }

    @Test("reports that arrived before a link was requested do not count for it, to the millisecond")
    func before() async throws {
        let progress = try await Self.progress(
            Self.order([("linkId", "1")], "a", "b"),
            [(9, Self.report("a", [("linkId", "1")])), (10, Self.report("b", [("linkId", "1")]))])
        #expect(progress.arrivals.map(\.type) == ["b"])
        #expect(progress.missing == [LinkExpectation("a")])
    }

    @Test("an expectation with a field is met only by a report of its type that has the field")
    func expectedField() async throws {
        let order = Self.order([("id", "1")], "applicant:report_status=COMPLETE")
        let pending = Self.report("applicant", [("id", "1"), ("report_status", "PENDING")])
        let complete = Self.report("applicant", [("id", "1"), ("report_status", "COMPLETE")])
        let other = Self.report("other", [("id", "1"), ("report_status", "COMPLETE")])
        let stranger = Self.report("applicant", [("id", "2"), ("report_status", "COMPLETE")])
        let before = try await Self.progress(order, [(11, pending), (12, other), (13, stranger)])
        #expect(before.arrivals.map(\.type) == ["applicant", "other"])
        #expect(before.missing == order.expectations)
        let after = try await Self.progress(order, [(11, pending), (12, complete)])
        #expect(after.missing == [])
    }

    @Test("if a link has no key from its provider, every value of externalInfo must match")
    func externalInfo() async throws {
        let keys = [("externalInfo.traceId", "t"), ("externalInfo.n", "1")]
        let whole = Self.report("a", keys)
        let half = Self.report("b", [("externalInfo.traceId", "t"), ("externalInfo.n", "2")])
        let progress = try await Self.progress(Self.order(keys, "a", "b"), [(11, whole), (12, half)])
        #expect(progress.arrivals.map(\.type) == ["a"])
        #expect(progress.missing == [LinkExpectation("b")])
    }

    @Test("if a link has a key from its provider, a report that matches only in externalInfo does not count")
    func ownKeyFirst() async throws {
        let progress = try await Self.progress(
            Self.order([("externalInfo.traceId", "t"), ("linkId", "1")], "a", "b"),
            [
                (11, Self.report("a", [("externalInfo.traceId", "t"), ("linkId", "2")])),
                (12, Self.report("b", [("linkId", "1")])),
            ])
        #expect(progress.arrivals.map(\.type) == ["b"])
        #expect(progress.missing == [LinkExpectation("a")])
    }

    @Test("no report matches a link without a key")
    func noKey() async throws {
        let progress = try await Self.progress(Self.order([], "a"), [(11, Self.report("a", [("linkId", "1")]))])
        #expect(progress.arrivals == [])
        #expect(progress.missing == [LinkExpectation("a")])
    }

    @Test("a report with the highest possible number of externalInfo values can match a link")
    func manyLeaves() async throws {
        let keys = (0..<256).map { ("externalInfo.k\($0)", "v") }
        let progress = try await Self.progress(Self.order(keys, "a"), [(11, Self.report("a", keys))])
        #expect(progress.arrivals.map(\.type) == ["a"])
        #expect(progress.missing == [])
    }

    @Test("if a link has too many arrivals, the newest arrivals are listed without a gap")
    func many() async throws {
        let count = LinkProgress.arrivalLimit + 5
        try await IndexArchive.with { archive in
            let order = Self.order([("linkId", "1")], "first")
            let id = LinkID(rawValue: try archive.record(.link(order), at: Self.time(0)))
            try await archive.commitAll([.fixture(receivedAt: Self.time(1))])
            try archive.index { _ in
                (0..<count).map { Self.report($0 == 0 ? "first" : "rest", [("linkId", "1")], key: "\($0)") }
            }
            let reader = try archive.reader()
            let progress = try reader.progress(of: #require(try reader.link(id)))
            #expect(progress.arrivals.count == LinkProgress.arrivalLimit)
            #expect(!progress.arrivals.contains { $0.type == "first" })
            #expect(progress.missing == [])
        }
    }
}
