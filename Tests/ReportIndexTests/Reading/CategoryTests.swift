import ArchiveTestKit
import Deliveries
import GRDB
import TestKit
import Testing

@testable import Journal
@testable import ReportIndex

/// Tests categories, which are combinations of type and route, and queries that merge several categories.
@Suite struct CategoryTests {
    /// Deliveries of two reports each. The types are used in turn.
    private static func deliveries(typeCount: Int) -> [IndexedDelivery] {
        (1...Int64(typeCount * 2)).map { id in
            .fixture(
                id,
                (0..<2).map { place in
                    let type = (Int(id) * 7 + place) % typeCount
                    return .fixture(type: "type \(type)", key: "\(id)-\(place)")
                })
        }
    }

    @Test(
        "reports of several types are in the order of arrival, even if there are too many types to merge",
        arguments: [1, 2, 7, 128, 129, 200])
    func merging(wantedCount: Int) async throws {
        let deliveries = Self.deliveries(typeCount: 200)
        let wanted = Set((0..<wantedCount).map { "type \($0)" })
        let contents = deliveries.flatMap(\.reports).map(\.content)
        let expected = contents.filter { wanted.contains($0.type) }.map(\.dedupeKey)
        let keys = try await SparseArchive.keys(in: deliveries) { $0.types = wanted.sorted() }
        #expect(keys.map { $0.split(separator: "-")[0] } == expected.reversed().map { $0.split(separator: "-")[0] })
        #expect(Set(keys) == Set(expected))
        let limited = try await SparseArchive.keys(in: deliveries) {
            ($0.types, $0.limit) = (wanted.sorted(), 3)
        }
        #expect(limited == Array(keys.prefix(3)))
    }

    @Test("each combination of source, provider, type and route is stored once")
    func combinations() async throws {
        let routes: [Route?] = [
            nil, Route(rule: .specific, topic: "a"), Route(rule: .all, topic: "a"), Route(rule: .all, topic: ""),
        ]
        let reports = (0..<3).flatMap { round in
            routes.indices.map { RoutedReport.fixture(key: "\(round) \($0)", route: routes[$0]) }
        }
        let deliveries: [IndexedDelivery] = [.fixture(1, reports), .fixture(2, source: "second", reports)]
        try await SparseArchive.withReader(deliveries) { reader in
            let count = try reader.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM category") }
            #expect(count == 8)
            #expect(try reader.reports(of: DeliveryID(rawValue: 2)).map(\.report.route) == routes + routes + routes)
        }
    }

    @Test("names keep their IDs even if there are more names than the cache can contain")
    func manyNames() async throws {
        let fields = (0..<5000).map { ReportField("name \($0 % 4500)", "\($0)") }
        try await SparseArchive.withReader([.fixture(1, [.fixture(fields: fields)])]) { reader in
            let found = try reader.reports(of: DeliveryID(rawValue: 1)).flatMap(\.fields)
            #expect(found.count == fields.count)
            #expect(Set(found) == Set(fields))
        }
    }
}
