import Deliveries
import TestKit
import Testing

@testable import Journal
@testable import ReportIndex

@Suite("Pruning of selected bodies")
struct ChosenPruningTests {
    private static func with(_ body: (IndexArchive, ArchiveReader) async throws -> Void) async throws {
        let deliveries = [
            MaintenanceArchive.delivery(key: "1", person: "ana"), MaintenanceArchive.delivery(key: "2", person: "ben"),
            MaintenanceArchive.delivery(key: "1", person: "ana"), MaintenanceArchive.delivery(key: "4", person: "cleo"),
        ]
        try await MaintenanceArchive.with(deliveries, body)
    }

    private static func ids(_ numbers: Int64...) -> [DeliveryID] {
        numbers.map(DeliveryID.init(rawValue:))
    }

    @Test("only the selected bodies are pruned, with the reason, and the chain is intact")
    func exact() async throws {
        try await Self.with { archive, reader in
            let slice = try reader.pruning(of: Self.ids(1, 4), because: "erasure")
            let decisions = slice.decisions
            #expect(decisions.map(\.id) == Self.ids(1, 4))
            #expect(decisions.allSatisfy { $0.extent == .body && $0.reason == "erasure" })
            #expect(try archive.carryOut(slice) == decisions)
            #expect(try reader.readableIDs() == [2, 3])
            let kept = try #require(try reader.keptDelivery(DeliveryID(rawValue: 1)))
            #expect(kept.pruningReason == "erasure")
            #expect(kept.delivery.request.body.isEmpty)
            #expect(kept.bodyByteCount > 0)
            #expect(try archive.verify().findings == [])
            #expect(try reader.pruning(of: Self.ids(1, 4), because: "again").decisions == [])
        }
    }

    @Test("held deliveries and unknown IDs are omitted, even if the hold is newer than the selection")
    func held() async throws {
        try await Self.with { archive, reader in
            _ = try archive.hold(.delivery(DeliveryID(rawValue: 4)))
            let slice = try reader.pruning(of: Self.ids(0, 2, 4, 99, .max), because: "erasure")
            #expect(slice.decisions.map(\.id) == Self.ids(2))
            _ = try archive.hold(.field(ReportField("person", "ben")))
            #expect(try archive.carryOut(slice) == [])
            #expect(try reader.readableIDs() == [1, 2, 3, 4])
        }
    }
}
