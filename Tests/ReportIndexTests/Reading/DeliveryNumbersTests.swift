import ArchiveTestKit
import Deliveries
import TestKit
import Testing
import TextForms

@testable import Journal
@testable import ReportIndex

@Suite("IDs of the deliveries that match a filter")
struct DeliveryNumbersTests {
    private static func numbers(_ filter: ReportFilter, _ reader: ArchiveReader) throws -> [Int64] {
        try reader.deliveryIDs(matching: filter).ids.map(\.rawValue)
    }

    @Test("delivery IDs are unique and oldest first, and repeats are included only if attempts are listed")
    func numbers() async throws {
        let deliveries = [
            MaintenanceArchive.delivery(type: "a", key: "1"), MaintenanceArchive.delivery(type: "b", key: "2"),
            MaintenanceArchive.delivery(type: "a", key: "1"), MaintenanceArchive.delivery(type: "a", key: "4"),
        ]
        try await MaintenanceArchive.with(deliveries) { _, reader in
            var filter = ReportFilter()
            let first = try Self.numbers(filter, reader)
            #expect(first == [1, 2, 4])
            filter.listsAttempts = true
            let every = try Self.numbers(filter, reader)
            #expect(every == [1, 2, 3, 4])
            filter.types = ["a"]
            let some = try Self.numbers(filter, reader)
            #expect(some == [1, 3, 4])
            filter.types = ["c"]
            let none = try Self.numbers(filter, reader)
            #expect(none.isEmpty)
        }
    }

    @Test("a filter without conditions also selects a delivery that is not indexed yet")
    func unindexed() async throws {
        try await IndexArchive.with { archive in
            let delivery = MaintenanceArchive.delivery(key: "1")
            try await archive.commitTogether([delivery])
            let reader = try archive.reader()
            var filter = ReportFilter()
            filter.listsAttempts = true
            #expect(try Self.numbers(filter, reader) == [1])
            var identifiers: [UUIDv7] = []
            try reader.forEachIdentifier { identifiers.append($1) }
            #expect(identifiers == [delivery.uuid])
            #expect(try reader.keptDelivery(DeliveryID(rawValue: 2)) == nil)
        }
    }

    @Test("every condition, but not the listing of attempts, makes a filter conditional")
    func unconditional() throws {
        let isThere = try #require(ValueTest(.present, ""))
        var filter = ReportFilter()
        #expect(filter.isUnconditional)
        filter.listsAttempts = true
        #expect(filter.isUnconditional)
        let changes: [(inout ReportFilter) -> Void] = [
            { $0.providers = ["klavi"] }, { $0.sources = ["a"] }, { $0.types = ["a"] }, { $0.topics = ["a"] },
            { $0.isUnrouted = true }, { $0.texts = ["a"] }, { $0.verifications = [.verified] },
            { $0.fieldTests = [FieldTest("a", isThere)] }, { $0.since = .fixture }, { $0.until = .fixture },
            { $0.fields = [ReportField("a", "b")] }, { $0.latestPer = .link }, { $0.limit = 1 },
        ]
        for change in changes {
            var changed = filter
            change(&changed)
            #expect(!changed.isUnconditional)
        }
    }
}
