import Deliveries
import ReportArchive
import TestKit
import Testing

@Suite struct QuarantineSeparationTests {
    @Test("what is in the quarantine is in no report, no count and no projection, and nothing waits to be projected")
    func invisible() async throws {
        try await TestArchive.withWriter { writer in
            #expect(writer.quarantine(.fixture()))
            // Jobs run in their order: once this one is done the delivery is where it belongs.
            _ = try writer.purgeQuarantine(QuarantineID(rawValue: 0))
            try await writer.commitAll([.fixture()])
            let projector = try Projector.byTarget(writer)
            try projector.catchUp()
            let reader = try ArchiveReader(writer.location)
            #expect(try reader.quarantineSize().count == 1)
            #expect(try reader.reports(matching: ReportFilter()).map(\.deliveryID.rawValue) == [1])
            #expect(try reader.delivery(DeliveryID(rawValue: 2)) == nil)
            #expect(try reader.unprojectedCount() == 0)
            let check = try reader.check()
            #expect(check.deliveryCount == 1)
            #expect(check.findings == [])
        }
    }

    @Test("bytes that are no text, and headers that repeat, come back as they were")
    func exactBytes() async throws {
        let request = InboundRequest(
            method: "POST", target: RequestTarget("/klavi/é?a=%00&a"),
            headers: [
                HeaderField("X-A", "1"), HeaderField("x-a", "2"), HeaderField("X-A", ""), HeaderField("B", "é\t"),
            ],
            body: Array(0...255), peer: "2001:db8::1", receivedAt: .fixture)
        try await TestArchive.withWriter { writer in
            writer.quarantine(
                QuarantinedDelivery(
                    uuid: .fixture, source: "klavi", request: request, verification: .failed, reason: "why",
                    bodySHA256: [UInt8](repeating: 7, count: 32)))
            _ = try writer.purgeQuarantine(QuarantineID(rawValue: 0))
            let kept = try #require(
                try ArchiveReader(writer.location).quarantined(QuarantineID(rawValue: 1))
            ).delivery.request
            #expect(kept.body == request.body)
            #expect(kept.headers == request.headers)
            #expect(kept.target == request.target)
            #expect(kept.peer == request.peer)
        }
    }

    @Test("a quarantine of no room keeps nothing")
    func noRoom() async throws {
        var limits = QuarantineLimits()
        limits.count = 0
        try await TestArchive.withLocation { location in
            let writer = try ArchiveWriter(location, quarantineLimits: limits)
            defer { writer.close() }
            writer.quarantine(.fixture())
            _ = try writer.purgeQuarantine(QuarantineID(rawValue: 0))
            #expect(try ArchiveReader(location).quarantineSize().count == 0)
        }
    }
}
