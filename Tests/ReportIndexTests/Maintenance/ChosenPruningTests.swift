import Deliveries
import TestKit
import Testing

@testable import ReportArchive

@Suite("Bodies that a person wants gone")
struct ChosenPruningTests {
    private static func with(_ body: (ArchiveWriter, ArchiveReader) async throws -> Void) async throws {
        let deliveries = [
            UpkeepArchive.delivery(key: "1", person: "ana"), UpkeepArchive.delivery(key: "2", person: "ben"),
            UpkeepArchive.delivery(key: "1", person: "ana"), UpkeepArchive.delivery(key: "4", person: "cleo"),
        ]
        try await UpkeepArchive.with(deliveries, body)
    }

    private static func ids(_ numbers: Int64...) -> [DeliveryID] {
        numbers.map(DeliveryID.init(rawValue:))
    }

    @Test("exactly those go, with the reason, and the chain is whole")
    func exact() async throws {
        try await Self.with { writer, reader in
            let decisions = try reader.pruning(of: Self.ids(1, 4), because: "erasure")
            #expect(decisions.map(\.id) == Self.ids(1, 4))
            #expect(decisions.allSatisfy { $0.extent == .body && $0.reason == "erasure" })
            #expect(try writer.prune(decisions, at: UpkeepArchive.now) == decisions)
            #expect(try reader.readableIDs() == [2, 3])
            let kept = try #require(try reader.keptDelivery(DeliveryID(rawValue: 1)))
            #expect(kept.pruningReason == "erasure")
            #expect(kept.delivery.request.body.isEmpty)
            #expect(kept.bodyByteCount > 0)
            #expect(try reader.check().findings == [])
            #expect(try reader.pruning(of: Self.ids(1, 4), because: "again") == [])
        }
    }

    @Test("what is held stays, also where it was held after the choice; numbers that there are not are nothing")
    func held() async throws {
        try await Self.with { writer, reader in
            _ = try writer.placeHold(on: .delivery(DeliveryID(rawValue: 4)), reason: "claim", at: UpkeepArchive.now)
            let decisions = try reader.pruning(of: Self.ids(0, 2, 4, 99, .max), because: "erasure")
            #expect(decisions.map(\.id) == Self.ids(2))
            _ = try writer.placeHold(on: .field(ReportField("person", "ben")), reason: "claim", at: UpkeepArchive.now)
            #expect(try writer.prune(decisions, at: UpkeepArchive.now) == [])
            #expect(try reader.readableIDs() == [1, 2, 3, 4])
        }
    }
}
