import ArchiveTestKit
import Deliveries
import TestKit
import Testing
import TextForms

@testable import Journal
@testable import ReportIndex

/// Tests names and values that differ only in Unicode normalisation (NFC, NFD). Such texts are equal as Swift strings
/// but differ as bytes.
@Suite struct NormalisationTests {
    private static let names = RandomJournal.names
    private static let values = RandomJournal.values

    /// The field name and value of the reports in deliveries 1 to 4, which are one batch. The value is also the type.
    private static let combinations = names.flatMap { name in values.map { (name, $0) } }

    private static let parser = ReportParser { delivery in
        let (name, value) = combinations[Int(delivery.id.rawValue) - 1]
        return [
            ReportContent(
                provider: "test", type: value, dedupeKey: "\(delivery.id)", fields: [ReportField(name, value)])
        ]
    } route: { _, type in
        Route(rule: .specific, topic: type)
    }

    private static func with(_ body: (IndexArchive, ArchiveReader) async throws -> Void) async throws {
        try await IndexArchive.with { archive in
            try await archive.commitTogether(combinations.indices.map { _ in .fixture() })
            try archive.index(parser)
            try await body(archive, archive.reader())
        }
    }

    @Test("names in one batch have their own IDs and are stored byte for byte")
    func ids() async throws {
        try await Self.with { _, reader throws in
            #expect(try reader.number("SELECT count(*) FROM fieldName") == 2)
            #expect(try reader.number("SELECT count(*) FROM category") == 2)
            for (index, (name, value)) in Self.combinations.enumerated() {
                let report = try #require(try reader.reports(of: DeliveryID(rawValue: Int64(index) + 1)).first)
                #expect(report.fields.map { Array($0.name.utf8) } == [Array(name.utf8)])
                #expect(report.fields.map { Array($0.value.utf8) } == [Array(value.utf8)])
                #expect(Array(report.report.type.utf8) == Array(value.utf8))
                #expect(report.report.route.map { Array($0.topic.utf8) } == Array(value.utf8))
            }
        }
    }

    @Test("a filter finds only values with the same bytes")
    func filters() async throws {
        try await Self.with { _, reader throws in
            for (index, (name, value)) in Self.combinations.enumerated() {
                var filter = ReportFilter()
                filter.fields = [ReportField(name, value)]
                #expect(try reader.reports(matching: filter).map(\.deliveryID.rawValue) == [Int64(index) + 1])
                filter.fields = Self.values.map { ReportField(name, $0) }
                #expect(try reader.reports(matching: filter).count == 2)
                filter.types = [value]
                #expect(try reader.reports(matching: filter).map(\.deliveryID.rawValue) == [Int64(index) + 1])
            }
        }
    }

    @Test("a field test finds only the value with the same bytes", arguments: 0..<4)
    func fieldTests(index: Int) async throws {
        try await Self.with { archive, reader throws in
            // Delivery 5 has both values. The two values are adjacent in the index.
            try await archive.commitTogether([.fixture()])
            let (name, value) = Self.combinations[index]
            let both = Self.values.map { ReportField(name, $0) }
            try archive.index(
                ReportParser { _ in
                    [ReportContent(provider: "test", type: "both", dedupeKey: "5", fields: both)]
                } route: {
                    _, _ in
                    nil
                })
            var filter = ReportFilter()
            filter.fieldTests = [FieldTest(name, try #require(ValueTest(.equal, value)))]
            #expect(try reader.reports(matching: filter).map(\.deliveryID.rawValue) == [5, Int64(index) + 1])
        }
    }

    @Test("the latest reports are selected per value and type, and values and types are compared by bytes")
    func latest() async throws {
        try await Self.with { _, reader throws in
            var filter = ReportFilter()
            filter.latestPer = Self.names.map { IdentityFamily($0, [$0], subject: .link) }
            #expect(try reader.reports(matching: filter).map(\.deliveryID.rawValue) == [4, 3])
            filter.latestPer = [IdentityFamily("name", [Self.names[0]], subject: .link)]
            #expect(try reader.reports(matching: filter).map(\.deliveryID.rawValue) == [2, 1])
        }
    }

    @Test("totals distinguish types by their bytes")
    func totals() async throws {
        try await Self.with { _, reader throws in
            var types: [[UInt8]: Int64] = [:]
            try reader.forEachTotal(matching: ReportFilter(), in: .hours) {
                types[Array($0.type.utf8), default: 0] += $1.arrivalCount
            }
            #expect(types == [Array(Self.values[0].utf8): 2, Array(Self.values[1].utf8): 2])
        }
    }

    @Test("a legal hold protects only the deliveries with the same bytes", arguments: 0..<4)
    func holds(index: Int) async throws {
        try await Self.with { archive, reader throws in
            let (name, value) = Self.combinations[index]
            _ = try archive.hold(.field(ReportField(name, value)))
            let pruned = try archive.prune(by: .of(keep: 1))
            #expect(pruned.map(\.id.rawValue) == [1, 2, 3, 4].filter { $0 != Int64(index) + 1 })
            #expect(try reader.readableIDs() == [Int64(index) + 1])
        }
    }

    @Test("the retention terms of a route apply only to the type with the same bytes")
    func retention() async throws {
        try await Self.with { _, reader throws in
            for (index, value) in Self.values.enumerated() {
                var terms = Retention.SourceTerms()
                terms.routes[value] = Retention.Terms(keep: .days(1))
                let plan = try reader.plan(Retention(sources: ["klavi": terms]))
                #expect(plan.map(\.id.rawValue) == [Int64(index) + 1, Int64(index) + 3])
            }
        }
    }
}
