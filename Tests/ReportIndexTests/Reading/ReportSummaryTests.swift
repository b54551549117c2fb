import Deliveries
import ReportArchive
import TestKit
import Testing

@Suite struct ReportSummaryTests {
    @Test("a report reads back with everything that was projected and how its delivery arrived")
    func everything() async throws {
        let later = Timestamp.fixture.advanced(byMilliseconds: 1)
        let report = RoutedReport.fixture(
            provider: "klavi", kind: "pf_income", key: "report:1", providerTime: later, externalInfo: #"{"a":[1]}"#,
            problem: "something was left out", route: Route(rule: .other, box: "rest"))
        try await TestArchive.withWriter { writer in
            try await writer.commitAll([.fixture(verification: .expired, secretName: "old", body: .compressed)])
            try Projector(writer) { _ in [report] }.catchUp()
            let summary = try #require(try ArchiveReader(writer.location).reports(matching: ReportFilter()).first)
            #expect(summary.deliveryID.rawValue == 1)
            #expect(summary.ordinal == 1)
            #expect(summary.receivedAt == .fixture)
            #expect(summary.source == "klavi")
            #expect(summary.provider == "klavi")
            #expect(summary.kind == "pf_income")
            #expect(summary.providerTime == later)
            #expect(summary.route == Route(rule: .other, box: "rest"))
            #expect(summary.externalInfo == #"{"a":[1]}"#)
            #expect(summary.problem == "something was left out")
            #expect(summary.attemptCount == 1)
            #expect(summary.lastDeliveryID.rawValue == 1)
            #expect(summary.lastReceivedAt == .fixture)
            #expect(summary.verification == .expired)
            #expect(summary.secretName == "old")
            #expect(summary.bodyByteCount == SealedBody.compressed.byteCount)
            #expect(summary.storedByteCount == SealedBody.compressed.storedBytes.count)
            #expect(summary.bodySHA256 == SealedBody.compressed.sha256)
        }
    }

    @Test("what a report lacks is nil")
    func absences() async throws {
        try await TestArchive.withWriter { writer in
            try await writer.commitAll([.fixture(verification: .unverified, secretName: nil)])
            let content = ReportContent(provider: "klavi", kind: "link_created", dedupeKey: "key")
            try Projector(writer) { _ in [RoutedReport(content: content, route: nil)] }.catchUp()
            let summary = try #require(try ArchiveReader(writer.location).reports(matching: ReportFilter()).first)
            #expect(summary.providerTime == nil)
            #expect(summary.route == nil)
            #expect(summary.externalInfo == nil)
            #expect(summary.problem == nil)
            #expect(summary.secretName == nil)
        }
    }

    @Test("a delivery that is not projected yet, and one that is not there, have no reports")
    func noReports() async throws {
        try await TestArchive.withWriter { writer in
            try await writer.commitAll([.fixture()])
            let reader = try ArchiveReader(writer.location)
            #expect(try reader.reports(of: DeliveryID(rawValue: 1)).isEmpty)
            #expect(try reader.reports(of: DeliveryID(rawValue: 2)).isEmpty)
        }
    }
}
