import Deliveries
import ReportArchive
import TestKit
import Testing

@Suite("What was fetched, beside what was delivered")
struct FetchedDeliveryTests {
    private static let sample = Sample.named("certn/legacy-applicant-complete")

    private static func fetched(source: String = "certn", body: [UInt8]) -> SealedDelivery {
        .fixture(
            source: source, receivedAt: sample.request.receivedAt.advanced(byMilliseconds: 5000), method: "GET",
            target: "/api/v1/applicants/1", headers: [], peer: "192.0.2.7", verification: .fetched, secretName: nil,
            body: .raw(body))
    }

    @Test("the same bytes from a webhook and from our own call are one report with two attempts, whichever came first")
    func oneReport() async throws {
        let webhook = SealedDelivery(Self.sample)
        let fetched = Self.fetched(body: Self.sample.request.body)
        for order in [[webhook, fetched], [fetched, webhook]] {
            try await TestArchive.withWriter { writer in
                try await writer.commitAll(order)
                try Projector.forSamples(writer).catchUp()
                let reader = try ArchiveReader(writer.location)
                let reports = try reader.reports(matching: ReportFilter())
                #expect(reports.map(\.kind) == ["applicant"])
                #expect(reports.map(\.attemptCount) == [2])
                #expect(reports.map(\.deliveryID.rawValue) == [1])
                let verifications = try (1...2).map { try reader.delivery(DeliveryID(rawValue: $0))?.verification }
                #expect(verifications == order.map(\.verification))
                #expect(try reader.check().findings == [])
            }
        }
    }

    @Test("other bytes are another report")
    func otherBytes() async throws {
        try await TestArchive.withWriter { writer in
            try await writer.commitAll([
                SealedDelivery(Self.sample), Self.fetched(body: Self.sample.request.body + [UInt8(ascii: " ")]),
            ])
            try Projector.forSamples(writer).catchUp()
            let reports = try ArchiveReader(writer.location).reports(matching: ReportFilter())
            #expect(reports.map(\.attemptCount) == [1, 1])
        }
    }

    @Test("what nobody proved is no attempt of it, and no report", arguments: [Verification.failed, .expired])
    func unproved(verification: Verification) async throws {
        try await TestArchive.withWriter { writer in
            try await writer.commitAll([Self.fetched(body: Self.sample.request.body)])
            let request = Self.sample.request
            writer.quarantine(
                QuarantinedDelivery(
                    uuid: .fixture, source: "certn", request: request, verification: verification, reason: "no",
                    bodySHA256: SealedBody.raw(request.body).sha256))
            // Jobs run in their order: once this one is done the delivery is where it belongs.
            _ = try writer.purgeQuarantine(QuarantineID(rawValue: 0))
            try Projector.forSamples(writer).catchUp()
            let reader = try ArchiveReader(writer.location)
            #expect(try reader.quarantine(limit: nil).count == 1)
            #expect(try reader.reports(matching: ReportFilter()).map(\.attemptCount) == [1])
            #expect(try reader.delivery(DeliveryID(rawValue: 2)) == nil)
        }
    }
}
