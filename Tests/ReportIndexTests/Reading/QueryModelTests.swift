import ArchiveTestKit
import Deliveries
import TestKit
import Testing

@testable import Journal
@testable import ReportIndex

/// Tests that compare random filters on random archives with a simple model.
@Suite struct QueryModelTests {
    /// An arrival of a report in the model.
    private struct Arrival {
        let id: ArrivalID
        let report: ArrivalID
        let receivedAt: Timestamp
        let source: String
        let routed: RoutedReport
        let number: Int
    }

    /// The model: all arrivals in order.
    private struct Model {
        private(set) var arrivals: [Arrival] = []

        init(_ deliveries: [IndexedDelivery]) {
            var first: [String: Arrival] = [:]
            var counts: [String: Int] = [:]
            for delivery in deliveries {
                for (index, report) in delivery.reports.enumerated() {
                    let id = ArrivalID(delivery.id.rawValue, index + 1)
                    let key = "\(delivery.source) \(report.content.dedupeKey)"
                    counts[key, default: 0] += 1
                    let original = first[key]
                    let arrival = Arrival(
                        id: id, report: original?.id ?? id, receivedAt: delivery.receivedAt, source: delivery.source,
                        routed: original?.routed ?? report, number: counts[key] ?? 1)
                    if original == nil { first[key] = arrival }
                    arrivals.append(arrival)
                }
            }
        }

        func found(_ filter: ReportFilter) -> [Int64] {
            let found = arrivals.reversed().filter { arrival in
                let content = arrival.routed.content
                func matches(_ wanted: [String], _ value: String?) -> Bool {
                    wanted.isEmpty || value.map(wanted.contains) == true
                }
                let names = Set(filter.fields.map(\.name))
                return (filter.listsAttempts || arrival.number == 1)
                    && matches(filter.providers, content.provider) && matches(filter.sources, arrival.source)
                    && matches(filter.types, content.type) && matches(filter.topics, arrival.routed.route?.topic)
                    && (!filter.isUnrouted || arrival.routed.route == nil)
                    && filter.since.map { arrival.receivedAt >= $0 } ?? true
                    && filter.until.map { arrival.receivedAt < $0 } ?? true
                    && filter.before.map { arrival.id.rawValue < $0.rawValue } ?? true
                    && names.allSatisfy { name in
                        content.fields.contains { $0.name == name && filter.fields.contains($0) }
                    }
            }
            return found.prefix(filter.limit ?? .max).map(\.id.rawValue)
        }
    }

    private static func deliveries(_ generator: inout SplitMix64) -> [IndexedDelivery] {
        var id: Int64 = 0
        return (0..<150).map { index in
            id += [1, 1, 1, 2, 700, 1024, 9000].randomElement(using: &generator) ?? 1
            let seconds = Int64(index) + (index % 40 == 7 ? -60 : Int64.random(in: 0...5, using: &generator))
            let reports = (0..<Int.random(in: 0...3, using: &generator)).map { _ in
                RoutedReport.fixture(
                    provider: any(["klavi", "ezid"], &generator), type: any(["x", "y", "z"], &generator),
                    key: "\(Int.random(in: 0..<120, using: &generator))",
                    fields: (0..<Int.random(in: 0...4, using: &generator)).map { _ in field(&generator) },
                    route: any([nil, Route(rule: .all, topic: "one"), Route(rule: .other, topic: "two")], &generator))
            }
            return .fixture(
                id, source: any(["klavi", "second"], &generator), receivedAt: QueryArchive.time(seconds * 1000), reports
            )
        }
    }

    private static func any<Value>(_ values: [Value], _ generator: inout SplitMix64) -> Value {
        values[Int.random(in: values.indices, using: &generator)]
    }

    private static func field(_ generator: inout SplitMix64) -> ReportField {
        ReportField(any(["linkId", "cpf", "note"], &generator), any(["1", "2", "3"], &generator))
    }

    private static func filter(_ deliveries: [IndexedDelivery], _ generator: inout SplitMix64) -> ReportFilter {
        var filter = ReportFilter()
        func sometimes(_ change: (inout SplitMix64) -> Void) {
            if Int.random(in: 0..<4, using: &generator) == 0 { change(&generator) }
        }
        sometimes { filter.providers = [any(["klavi", "ezid", "nobody"], &$0)] }
        sometimes { filter.sources = [any(["klavi", "second"], &$0)] }
        sometimes { filter.types = any([["x"], ["y", "z"], ["x", "y", "z"]], &$0) }
        sometimes { filter.topics = any([["one"], ["one", "two"]], &$0) }
        sometimes { filter.isUnrouted = any([true, false], &$0) }
        sometimes { filter.since = QueryArchive.time(Int64.random(in: -30..<150, using: &$0) * 1000) }
        sometimes { filter.until = QueryArchive.time(Int64.random(in: -30..<150, using: &$0) * 1000) }
        sometimes { filter.limit = Int.random(in: 0..<20, using: &$0) }
        sometimes { generator in
            let id = any(deliveries, &generator).id.rawValue
            filter.before = ReportID(rawValue: ArrivalID(id, Int.random(in: 0...3, using: &generator)).rawValue)
        }
        sometimes { generator in filter.fields = [field(&generator)] }
        sometimes { generator in filter.fields = [field(&generator), field(&generator), field(&generator)] }
        sometimes { filter.listsAttempts = any([true, true, false], &$0) }
        return filter
    }

    @Test(
        "every filter finds the same reports as a simple model, in the order of arrival",
        arguments: 1...12 as ClosedRange<UInt64>)
    func filters(seed: UInt64) async throws {
        var generator = SplitMix64(seed: seed)
        let deliveries = Self.deliveries(&generator)
        let model = Model(deliveries)
        let filters = (0..<150).map { _ in Self.filter(deliveries, &generator) }
        try await SparseArchive.withReader(deliveries) { reader in
            for filter in filters {
                let found = try reader.reports(matching: filter)
                #expect(found.map(\.arrivalID.rawValue) == model.found(filter), "\(filter)")
                for report in found {
                    let arrival = try #require(model.arrivals.first { $0.id.rawValue == report.arrivalID.rawValue })
                    #expect(report.reportID.rawValue == arrival.report.rawValue)
                    #expect(report.attemptNumber == arrival.number)
                    #expect(report.receivedAt == arrival.receivedAt)
                    let all = model.arrivals.filter { $0.report == arrival.report }
                    #expect(report.attemptCount == all.count)
                    #expect(report.lastDeliveryID.rawValue == all.last?.id.deliveryID)
                    #expect(report.lastReceivedAt == all.last?.receivedAt)
                    #expect(report.type == arrival.routed.content.type)
                    #expect(report.route == arrival.routed.route)
                }
            }
        }
    }

    @Test(
        "a repeat has the same report and fields as the first arrival",
        arguments: 1...3 as ClosedRange<UInt64>)
    func reportsOfDeliveries(seed: UInt64) async throws {
        var generator = SplitMix64(seed: seed)
        let deliveries = Self.deliveries(&generator)
        let model = Model(deliveries)
        try await SparseArchive.withReader(deliveries) { reader in
            for delivery in deliveries {
                let arrivals = model.arrivals.filter { $0.id.deliveryID == delivery.id.rawValue }
                let brought = try reader.reports(of: delivery.id)
                #expect(brought.map(\.report.reportID.rawValue) == arrivals.map(\.report.rawValue))
                #expect(brought.map(\.attemptNumber) == arrivals.map(\.number))
                #expect(brought.map { Set($0.fields) } == arrivals.map { Set($0.routed.content.fields) })
            }
        }
    }
}
