import ArchiveTestKit
import Deliveries
import Journal
import ReportIndex
import TestKit
import Testing

@Suite struct ReportSummaryTests {
    @Test("a stored report has all its values, including those of its delivery")
    func everything() async throws {
        let later = Timestamp.fixture.advanced(byMilliseconds: 1)
        let report = RoutedReport.fixture(
            provider: "klavi", type: "pf_income", key: "report:1", providerTime: later, externalInfo: #"{"a":[1]}"#,
            problem: "something was left out", route: Route(rule: .other, topic: "rest"))
        try await IndexArchive.with { archive in
            try await archive.commitAll([.fixture(verification: .expired, secretName: "old", body: .compressed)])
            try archive.index { _ in [report] }
            let summary = try #require(try archive.reader().reports(matching: ReportFilter()).first)
            #expect(summary.deliveryID.rawValue == 1)
            #expect(summary.ordinal == 1)
            #expect(summary.receivedAt == .fixture)
            #expect(summary.source == "klavi")
            #expect(summary.provider == "klavi")
            #expect(summary.type == "pf_income")
            #expect(summary.providerTime == later)
            #expect(summary.route == Route(rule: .other, topic: "rest"))
            #expect(summary.externalInfo == #"{"a":[1]}"#)
            #expect(summary.problem == "something was left out")
            #expect(summary.attemptCount == 1)
            #expect(summary.lastDeliveryID.rawValue == 1)
            #expect(summary.lastReceivedAt == .fixture)
            #expect(summary.verification == .expired)
            #expect(summary.secretName == "old")
            #expect(summary.bodyByteCount == EncodedBody.compressed.byteCount)
            #expect(summary.storedByteCount == EncodedBody.compressed.storedBytes.count)
            #expect(summary.bodySHA256 == EncodedBody.compressed.sha256)
        }
    }

    @Test("missing values of a report are nil")
    func absences() async throws {
        try await IndexArchive.with { archive in
            try await archive.commitAll([.fixture(verification: .unverified, secretName: nil)])
            let content = ReportContent(provider: "klavi", type: "link_created", dedupeKey: "key")
            try archive.index { _ in [RoutedReport(content: content, route: nil)] }
            let summary = try #require(try archive.reader().reports(matching: ReportFilter()).first)
            #expect(summary.providerTime == nil)
            #expect(summary.route == nil)
            #expect(summary.externalInfo == nil)
            #expect(summary.problem == nil)
            #expect(summary.secretName == nil)
        }
    }

    @Test("a delivery that is not indexed or does not exist has no reports")
    func noReports() async throws {
        try await IndexArchive.with { archive in
            try await archive.commitAll([.fixture()])
            let reader = try archive.reader()
            #expect(try reader.reports(of: DeliveryID(rawValue: 1)).isEmpty)
            #expect(try reader.reports(of: DeliveryID(rawValue: 2)).isEmpty)
        }
    }
}
