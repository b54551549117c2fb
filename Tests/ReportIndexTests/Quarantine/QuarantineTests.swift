import Deliveries
import ReportArchive
import TestKit
import Testing

@Suite struct QuarantineTests {
    /// Runs `body` with an archive whose quarantine holds the deliveries, added one by one.
    private static func withQuarantine(
        _ deliveries: [QuarantinedDelivery], limits: QuarantineLimits = QuarantineLimits(),
        _ body: (ArchiveWriter, ArchiveReader) async throws -> Void
    ) async throws {
        try await TestArchive.withLocation { location in
            let writer = try ArchiveWriter(location, quarantineLimits: limits)
            defer { writer.close() }
            for delivery in deliveries {
                #expect(writer.quarantine(delivery))
                // Jobs run in their order: once this one is done the delivery is where it belongs.
                _ = try writer.purgeQuarantine(QuarantineID(rawValue: 0))
            }
            try await body(writer, ArchiveReader(location))
        }
    }

    private static func targets(_ reader: ArchiveReader) throws -> [String] {
        try reader.quarantine(limit: nil).map(\.delivery.request.target.text)
    }

    /// What is left of the deliveries, newest first.
    private static func kept(_ deliveries: [QuarantinedDelivery], _ limits: QuarantineLimits) async throws -> [String] {
        var targets: [String] = []
        try await withQuarantine(deliveries, limits: limits) { _, reader in targets = try Self.targets(reader) }
        return targets
    }

    @Test("a refused delivery reads back as it came, and is no delivery of the journal")
    func readBack() async throws {
        let refused = QuarantinedDelivery.fixture(
            uuid: .numbered(9), source: "certn", target: "/certn?x", body: "\u{0}\u{ff}", verification: .expired,
            reason: "the signed time is 900 s off")
        try await Self.withQuarantine([refused]) { _, reader in
            let entry = try #require(try reader.quarantined(QuarantineID(rawValue: 1)))
            #expect(entry.id.rawValue == 1)
            #expect(entry.delivery.uuid == .numbered(9))
            #expect(entry.delivery.source == "certn")
            #expect(entry.delivery.verification == .expired)
            #expect(entry.delivery.reason == "the signed time is 900 s off")
            #expect(entry.delivery.request.method == refused.request.method)
            #expect(entry.delivery.request.target == refused.request.target)
            #expect(entry.delivery.request.headers == refused.request.headers)
            #expect(entry.delivery.request.peer == refused.request.peer)
            #expect(entry.delivery.request.receivedAt == refused.request.receivedAt)
            #expect(entry.delivery.request.body == refused.request.body)
            #expect(entry.delivery.bodySHA256 == refused.bodySHA256)
            #expect(try reader.check().deliveryCount == 0)
            #expect(try reader.quarantined(QuarantineID(rawValue: 2)) == nil)
        }
    }

    @Test("refused deliveries are listed newest first, and counted with their bytes")
    func listing() async throws {
        let refused = ["/a", "/b", "/c"].map { QuarantinedDelivery.fixture(target: $0, body: "1234") }
        try await Self.withQuarantine(refused) { _, reader in
            #expect(try Self.targets(reader) == ["/c", "/b", "/a"])
            #expect(try reader.quarantine(limit: 2).map(\.id.rawValue) == [3, 2])
            let size = try reader.quarantineSize()
            #expect(size == (3, 12))
        }
    }

    @Test("the oldest go where there are too many")
    func countLimit() async throws {
        var limits = QuarantineLimits()
        limits.count = 2
        let refused = ["/a", "/b", "/c", "/d"].map { QuarantinedDelivery.fixture(target: $0) }
        #expect(try await Self.kept(refused, limits) == ["/d", "/c"])
    }

    @Test("the oldest go where their bodies are too large together; one that is too large alone goes at once")
    func byteLimit() async throws {
        var limits = QuarantineLimits()
        limits.bodyByteCount = 10
        let refused = [("/a", "1234"), ("/b", "1234"), ("/c", "12")].map {
            QuarantinedDelivery.fixture(target: $0.0, body: $0.1)
        }
        #expect(try await Self.kept(refused, limits) == ["/c", "/b", "/a"])
        #expect(try await Self.kept(refused + [.fixture(target: "/d", body: "1")], limits) == ["/d", "/c", "/b"])
        let large = QuarantinedDelivery.fixture(target: "/large", body: "12345678901")
        #expect(try await Self.kept(refused + [large], limits) == [])
    }

    @Test("what is older than the newest by more than the age goes")
    func ageLimit() async throws {
        var limits = QuarantineLimits()
        limits.age = .seconds(60)
        let refused = [0, 1, 60_001].map {
            QuarantinedDelivery.fixture(target: "/\($0)", receivedAt: Timestamp.fixture.advanced(byMilliseconds: $0))
        }
        #expect(try await Self.kept(refused, limits) == ["/60001", "/1"])
    }

    @Test("a number is not used again after its delivery is gone")
    func numbers() async throws {
        try await Self.withQuarantine([.fixture(), .fixture()]) { writer, reader in
            let second = QuarantineID(rawValue: 2)
            let purgeCounts = [try writer.purgeQuarantine(second), try writer.purgeQuarantine(second)]
            #expect(purgeCounts == [1, 0])
            #expect(writer.quarantine(.fixture(target: "/new")))
            let firstCount = try writer.purgeQuarantine(QuarantineID(rawValue: 1))
            #expect(firstCount == 1)
            #expect(try reader.quarantine(limit: nil).map(\.id.rawValue) == [3])
            let restCount = try writer.purgeQuarantine(nil)
            #expect(restCount == 1)
            #expect(try Self.targets(reader) == [])
        }
    }

    @Test("a flood of refused deliveries is left out while the writer is busy; genuine ones are not")
    func flood() async throws {
        try await TestArchive.withWriter { writer in
            let held = HeldWriter(writer)
            let keptCount = (0..<100).count { _ in writer.quarantine(.fixture()) }
            async let outcome = writer.outcome(of: .fixture())
            held.release()
            #expect(await outcome.id == 1)
            _ = try writer.purgeQuarantine(QuarantineID(rawValue: 0))
            #expect(keptCount == 64)
            #expect(try ArchiveReader(writer.location).quarantineSize().count == 64)
        }
    }
}
