import Deliveries
import TestKit
import Testing

@testable import ReportArchive

@Suite struct PromotionTests {
    private static let first = QuarantineID(rawValue: 1)

    /// An archive with one delivery in the journal and one in the quarantine.
    private static func withQuarantined(_ body: (ArchiveWriter, ArchiveReader) async throws -> Void) async throws {
        try await TestArchive.withWriter { writer in
            try await writer.commitAll([.fixture(target: "/journal")])
            #expect(writer.quarantine(.fixture(target: "/refused", verification: .expired, reason: "too old")))
            try await body(writer, ArchiveReader(writer.location))
        }
    }

    @Test("a promoted delivery is the journal's next, out of the quarantine, and remembered as promoted")
    func promotion() async throws {
        try await Self.withQuarantined { writer, reader in
            let sealed = SealedDelivery.fixture(uuid: .numbered(5), target: "/refused")
            let id = try writer.promote(Self.first, as: sealed, at: .fixture, forcedBecause: nil)
            #expect(id?.rawValue == 2)
            let delivery = try #require(try reader.delivery(DeliveryID(rawValue: 2)))
            #expect(delivery.request.target.text == "/refused")
            #expect(delivery.uuid == .numbered(5))
            #expect(try reader.quarantine(limit: nil).isEmpty)
            #expect(
                try reader.promotion(of: DeliveryID(rawValue: 2))
                    == Promotion(
                        quarantineID: Self.first, promotedAt: .fixture, reason: "too old", forcedBecause: nil))
            #expect(try reader.promotion(of: DeliveryID(rawValue: 1)) == nil)
            #expect(try reader.check().findings == [])
        }
    }

    @Test("deliveries that come after it get the numbers after it")
    func numbering() async throws {
        try await Self.withQuarantined { writer, _ in
            _ = try writer.promote(Self.first, as: .fixture(), at: .fixture, forcedBecause: "the customer asked")
            #expect(await writer.outcome(of: .fixture()).id == 3)
        }
    }

    @Test("it is projected like any other, also by a projector that follows")
    func projection() async throws {
        try await Self.withQuarantined { writer, reader in
            _ = try writer.promote(Self.first, as: .fixture(target: "/refused"), at: .fixture, forcedBecause: nil)
            try Projector.byTarget(writer).catchUp()
            #expect(try reader.reports(matching: ReportFilter()).map(\.kind) == ["/refused", "/journal"])
        }
    }

    @Test("why a person let it in is remembered")
    func forced() async throws {
        try await Self.withQuarantined { writer, reader in
            let sealed = SealedDelivery.fixture(verification: .failed, secretName: nil)
            _ = try writer.promote(Self.first, as: sealed, at: .fixture, forcedBecause: "secret was lost")
            #expect(try reader.promotion(of: DeliveryID(rawValue: 2))?.forcedBecause == "secret was lost")
            #expect(try reader.delivery(DeliveryID(rawValue: 2))?.verification == .failed)
        }
    }

    @Test("what is not in the quarantine, or not any more, is not promoted and takes no number")
    func missing() async throws {
        try await Self.withQuarantined { writer, reader in
            #expect(
                try writer.promote(QuarantineID(rawValue: 7), as: .fixture(), at: .fixture, forcedBecause: nil) == nil)
            _ = try writer.promote(Self.first, as: .fixture(), at: .fixture, forcedBecause: nil)
            #expect(try writer.promote(Self.first, as: .fixture(), at: .fixture, forcedBecause: nil) == nil)
            #expect(try reader.check().deliveryCount == 2)
            #expect(await writer.outcome(of: .fixture()).id == 3)
        }
    }
}
