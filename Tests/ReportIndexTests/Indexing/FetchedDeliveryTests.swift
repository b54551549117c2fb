import ArchiveTestKit
import Deliveries
import Journal
import ReportIndex
import TestKit
import Testing

@Suite("Fetched deliveries")
struct FetchedDeliveryTests {
    private static let sample = Sample.named("certn/legacy-applicant-complete")

    private static func fetched(source: String = "certn", body: [UInt8]) -> EncodedDelivery {
        .fixture(
            source: source, receivedAt: sample.request.receivedAt.advanced(byMilliseconds: 5000), method: "GET",
            target: "/api/v1/applicants/1", headers: [], peer: "192.0.2.7", verification: .fetched, secretName: nil,
            body: .raw(body))
    }

    @Test("if the same bytes are delivered and fetched, in any order, they are one report with two attempts")
    func oneReport() async throws {
        let webhook = EncodedDelivery(Self.sample)
        let fetched = Self.fetched(body: Self.sample.request.body)
        for order in [[webhook, fetched], [fetched, webhook]] {
            try await IndexArchive.with { archive in
                try await archive.commitAll(order)
                try archive.index(.samples)
                let reader = try archive.reader()
                let reports = try reader.reports(matching: ReportFilter())
                #expect(reports.map(\.type) == ["applicant"])
                #expect(reports.map(\.attemptCount) == [2])
                #expect(reports.map(\.deliveryID.rawValue) == [1])
                let verifications = try (1...2).map { try reader.delivery(DeliveryID(rawValue: $0))?.verification }
                #expect(verifications == order.map(\.verification))
                #expect(try archive.verify().findings == [])
            }
        }
    }

    @Test("fetched bytes that differ from the delivered bytes are a separate report")
    func otherBytes() async throws {
        try await IndexArchive.with { archive in
            try await archive.commitAll([
                EncodedDelivery(Self.sample), Self.fetched(body: Self.sample.request.body + [UInt8(ascii: " ")]),
            ])
            try archive.index(.samples)
            let reports = try archive.reader().reports(matching: ReportFilter())
            #expect(reports.map(\.attemptCount) == [1, 1])
        }
    }
}
