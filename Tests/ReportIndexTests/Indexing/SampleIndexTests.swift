import ArchiveTestKit
import Deliveries
import Foundation
import GRDB
import TestKit
import Testing

@testable import Journal
@testable import ReportIndex

/// Tests that commit and index the samples in order, and compare the results with the `expected.json` of each sample.
@Suite struct SampleIndexTests {
    private static let samples = Sample.all.filter(\.isArchived).sorted {
        $0.request.receivedAt < $1.request.receivedAt
    }

    private static func withSamples(_ body: (ArchiveReader) throws -> Void) async throws {
        try await IndexArchive.with { archive in
            try await archive.commitAll(samples.map(EncodedDelivery.init))
            try archive.index(.samples)
            try body(archive.reader())
        }
    }

    /// The report with a key.
    private static func report(_ source: String, _ key: String, _ reader: ArchiveReader) throws -> ReportID? {
        let identity = IndexBatch.identity(source, key)
        return try reader.read { db in
            try Int64.fetchOne(db, sql: "SELECT reportId FROM identity WHERE key = ?", arguments: [Blob(identity)])
        }.map(ReportID.init)
    }

    @Test("each delivery has the reports of its sample, with their routes and fields")
    func reports() async throws {
        try await Self.withSamples { reader in
            for (index, sample) in Self.samples.enumerated() {
                let expected = try #require(sample.expectedReports)
                let delivered = try reader.reports(of: DeliveryID(rawValue: Int64(index) + 1))
                #expect(delivered.map(\.report.type) == expected.map(\.type), "\(sample)")
                for (delivered, expected) in zip(delivered, expected) {
                    let report = delivered.report
                    #expect(report.provider == expected.provider, "\(sample)")
                    #expect(try Self.report(sample.sourceName, expected.key, reader) == report.reportID, "\(sample)")
                    #expect(report.providerTime?.rfc3339 == expected.providerTime, "\(sample)")
                    #expect(report.route?.rule.rawValue == expected.rule, "\(sample)")
                    #expect(report.route?.topic == expected.topic, "\(sample)")
                    #expect(report.problem == nil, "\(sample)")
                    let fields = expected.fields.flatMap { field in field.values.map { ReportField(field.name, $0) } }
                    #expect(Set(delivered.fields) == Set(fields), "\(sample)")
                    #expect(delivered.fields.count == Set(fields).count, "\(sample)")
                }
            }
        }
    }

    @Test("externalInfo is stored as the provider returned it")
    func externalInfo() async throws {
        try await Self.withSamples { reader in
            for (index, sample) in Self.samples.enumerated() {
                let expected = try #require(sample.expectedReports)
                let delivered = try reader.reports(of: DeliveryID(rawValue: Int64(index) + 1))
                for (delivered, expected) in zip(delivered, expected) {
                    let stored = try delivered.report.externalInfo.map(ParsedJSON.init)
                    #expect(try stored == expected.externalInfoText.map(ParsedJSON.init), "\(sample)")
                }
            }
        }
    }

    @Test("a retry of a report is another attempt, not a second report")
    func retry() async throws {
        try await Self.withSamples { reader in
            let first = try #require(Self.samples.firstIndex { $0.name == "klavi/categorized-checking-report" })
            let retry = try #require(Self.samples.firstIndex { $0.name == "klavi/checking-account-retry" })
            let firstID = DeliveryID(rawValue: Int64(first) + 1)
            let retryID = DeliveryID(rawValue: Int64(retry) + 1)
            let original = try #require(try reader.reports(of: firstID).first)
            let repeated = try #require(try reader.reports(of: retryID).first)
            #expect(original.attemptNumber == 1)
            #expect(repeated.attemptNumber == 2)
            #expect(repeated.report.reportID == original.report.reportID)
            #expect(repeated.report.attemptCount == 2)
            #expect(repeated.report.deliveryID == firstID)
            #expect(repeated.report.lastDeliveryID == retryID)
            #expect(repeated.report.lastReceivedAt == Self.samples[retry].request.receivedAt)
            #expect(repeated.report.receivedAt == Self.samples[first].request.receivedAt)
        }
    }

    @Test("each key has one report, and each later arrival is an attempt")
    func counts() async throws {
        try await Self.withSamples { reader in
            let expected = try Self.samples.flatMap { sample in
                try #require(sample.expectedReports).map { "\(sample.sourceName) \($0.key)" }
            }
            let dump = try IndexDump(reader.directory)
            #expect(dump.count("report") == Set(expected).count)
            #expect(dump.count("identity") == Set(expected).count)
            #expect(dump.count("attempt") == expected.count - Set(expected).count)
            #expect(try reader.unindexedCount() == 0)
            #expect(try JournalReader(reader.directory.journal).verify().findings == [])
        }
    }
}
