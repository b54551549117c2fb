import ArchiveTestKit
import Deliveries
import TestKit
import Testing

@testable import Journal
@testable import ReportIndex

@Suite("Totals")
struct TotalsTests {
    private static func sums(
        _ reader: ArchiveReader, _ filter: ReportFilter, _ slots: TimeSlots = .hours
    ) throws -> [ArrivalKey: ArrivalTotals] {
        var sums: [ArrivalKey: ArrivalTotals] = [:]
        try reader.forEachTotal(matching: filter, in: slots) { sums[$0, default: ArrivalTotals()] += $1 }
        return sums
    }

    /// The totals, computed from the reports one by one.
    private static func model(
        _ reader: ArchiveReader, _ filter: ReportFilter, _ slots: TimeSlots = .hours
    ) throws -> [ArrivalKey: ArrivalTotals] {
        var filter = filter
        filter.listsAttempts = true
        var sums: [ArrivalKey: ArrivalTotals] = [:]
        for report in try reader.reports(matching: filter) {
            let key = ArrivalKey(
                source: report.source, provider: report.provider, type: report.type, route: report.route,
                verification: report.verification, slot: slots.slot(of: report.receivedAt))
            let isFirstOfBody = report.ordinal == 1
            sums[key, default: ArrivalTotals()] += ArrivalTotals(
                isFirst: report.attemptNumber == 1, bodyByteCount: isFirstOfBody ? Int64(report.bodyByteCount) : 0,
                storedByteCount: isFirstOfBody ? Int64(report.storedByteCount) : 0, at: report.receivedAt)
        }
        return sums
    }

    /// Runs `body` with sixty deliveries over three hours. Each has up to three reports, some of which are repeated.
    private static func with(_ body: (ArchiveReader) throws -> Void) async throws {
        var generator = SplitMix64(seed: 5)
        let deliveries = (0..<60).map { index in
            EncodedDelivery.fixture(
                source: ["klavi", "certn"][Int.random(in: 0...1, using: &generator)],
                receivedAt: QueryArchive.time(Int64(index) * 180_000),
                target: (0..<Int.random(in: 1...3, using: &generator)).map { _ in
                    "/\(Int.random(in: 0..<30, using: &generator))"
                }.joined(),
                verification: index % 3 == 0 ? .unverified : .verified,
                body: .raw(String(repeating: "x", count: index)))
        }
        try await IndexArchive.with { archive in
            try await archive.commitAll(deliveries)
            try archive.index { delivery in
                delivery.request.target.text.split(separator: "/").map { key in
                    let number = Int(key) ?? 0
                    return .fixture(
                        provider: delivery.source == "klavi" ? "klavi" : "certn-legacy", type: "k\(number % 4)",
                        key: String(key), fields: [ReportField("key", String(key))],
                        route: number % 4 == 0 ? nil : Route(rule: .specific, topic: "topic"))
                }
            }
            try body(archive.reader())
        }
    }

    static let filters: [@Sendable (inout ReportFilter) -> Void] = [
        { _ in },
        { $0.sources = ["klavi"] },
        { $0.types = ["k1", "k2"] },
        { $0.isUnrouted = true },
        { $0.providers = ["certn-legacy", "certn-centric"] },
        { $0.since = QueryArchive.time(3_000_000) },
        { ($0.since, $0.until) = (QueryArchive.time(3_000_000), QueryArchive.time(6_000_000)) },
        { $0.fields = [ReportField("key", "7")] },
        { $0.types = ["nothing"] },
    ]

    @Test("totals equal the totals of the reports that the filter finds", arguments: filters.indices)
    func totals(filter number: Int) async throws {
        try await Self.with { reader in
            var filter = ReportFilter()
            Self.filters[number](&filter)
            for slots in [TimeSlots.hours, .minutes] {
                let sums = try Self.sums(reader, filter, slots)
                #expect(try Self.model(reader, filter, slots) == sums)
                #expect(sums.isEmpty == (number == Self.filters.count - 1))
            }
        }
    }

    @Test("a body with several reports counts once in the total size")
    func bodies() async throws {
        try await Self.with { reader in
            let total = try Self.sums(reader, ReportFilter()).values.reduce(into: ArrivalTotals()) { $0 += $1 }
            #expect(total.bodyByteCount == (0..<60).reduce(0, +))
            #expect(total.arrivalCount > 60)
            #expect(total.reportCount < total.arrivalCount)
        }
    }

    @Test("totals over a wide range of delivery IDs are computed in slices, and progress is reported")
    func slices() async throws {
        let deliveries = [Int64(1), 49_999, 50_002, 900_000, 7_000_000_000].map { id in
            IndexedDelivery.fixture(id, [.fixture(key: "\(id)")])
        }
        try await SparseArchive.withReader(deliveries) { reader in
            var parts: [Double] = []
            var total = ArrivalTotals()
            try reader.forEachTotal(matching: ReportFilter(), in: .hours, progress: { parts.append($0) }) {
                total += $1
            }
            #expect(total.arrivalCount == 5)
            #expect(parts.count == 4)
            #expect(parts.sorted() == parts)
            #expect(parts.last == 1)
        }
    }

    @Test("an error from the caller ends the totals")
    func stopped() async throws {
        struct Enough: Error {}
        try await Self.with { reader in
            #expect(throws: Enough.self) {
                try reader.forEachTotal(matching: ReportFilter(), in: .hours) { _, _ in throw Enough() }
            }
        }
    }

    @Test("extreme sizes and times in a damaged file do not end the process")
    func damaged() async {
        await #expect(processExitsWith: .success) {
            try await IndexArchive.with { archive in
                let times = [Int64.max, .min, 0, -1]
                let deliveries = times.enumerated().map { index, time in
                    IndexedDelivery.fixture(
                        Int64(index + 1), receivedAt: Timestamp(millisecondsSinceEpoch: time),
                        [.fixture(key: "\(index)")])
                }
                try archive.writeBatch(deliveries)
                var keys = 0
                try archive.reader().forEachTotal(matching: ReportFilter(), in: .minutes) { key, _ in
                    _ = TimeSlots.minutes.start(of: key.slot).rfc3339
                    keys += 1
                }
                #expect(keys == 4)
            }
        }
        var totals = ArrivalTotals(isFirst: true, bodyByteCount: .max, storedByteCount: .max, at: .fixture)
        totals += totals
        #expect(totals.bodyByteCount == .max)
        #expect(totals.arrivalCount == 2)
    }

    @Test("the properties that classify a filter depend on every condition")
    func filterParts() {
        let parts = Mirror(reflecting: ReportFilter()).children.compactMap(\.label)
        // If a new condition makes this test fail, include the condition in the properties that are tested below, and
        // then add it to this list.
        #expect(
            Set(parts) == [
                "providers", "sources", "types", "topics", "isUnrouted", "since", "until", "fields", "before",
                "listsAttempts", "latestPer", "limit", "verifications", "fieldTests", "bodyTests", "texts", "folds",
            ])
        var filter = ReportFilter()
        #expect(!filter.looksAtReports && !filter.looksAtEachReport && filter.wantsEverything)
        filter.sources = ["klavi"]
        #expect(!filter.looksAtReports && !filter.wantsEverything)
        filter.topics = ["links"]
        #expect(filter.looksAtReports && !filter.looksAtEachReport)
        filter.fields = [ReportField("a", "b")]
        #expect(filter.looksAtReports && filter.looksAtEachReport)
    }
}
