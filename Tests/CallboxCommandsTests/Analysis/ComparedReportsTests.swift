import CallboxConfiguration
import Deliveries
import Providers
import ReportIndex
import StrictJSON
import TestKit
import Testing

@testable import Analysis
@testable import CallboxCommands

@Suite("Selection of the reports to compare", .offPool)
struct ComparedReportsTests {
    private static let names = [
        "klavi/link-created-event", "klavi/consent-events", "certn/legacy-applicant-complete", "ezid/redirect-to-app",
    ]

    private static func find(_ older: String, _ newer: String?) async throws -> (labels: [String], warnings: [String]) {
        try await SampleArchive.with(names) { reader in
            let pair = try DiffCommand.pair(
                ItemReference.parse(older).archived(for: "diff"),
                newer.map { try ItemReference.parse($0).archived(for: "diff") }, reader)
            return ([pair.older.label, pair.newer.label], pair.warnings)
        }
    }

    private static func failure(_ older: String, _ newer: String?) async throws -> CommandFailure? {
        do {
            _ = try await find(older, newer)
            return nil
        } catch let failure as CommandFailure {
            return failure
        }
    }

    @Test("an ID such as 2 or 2.1 selects a report to compare")
    func named() async throws {
        #expect(try await Self.find("1", "2").labels == ["1", "2"])
        #expect(try await Self.find("2.1", "2.3").labels == ["2.1", "2.3"])
        try await SampleArchive.with(Self.names) { reader in
            let pair = try ComparedReports.find(
                older: .delivery(DeliveryID(rawValue: 2), ordinal: 2),
                newer: .delivery(DeliveryID(rawValue: 2), ordinal: 3), in: reader,
                identities: ProviderCatalog.standard.identities)
            #expect(pair.older.value["eventName"]?.string == "product_request_received")
            #expect(pair.newer.value["eventName"]?.string == "product_generated_success")
            #expect(pair.providers == ["klavi"])
        }
    }

    @Test("a warning is printed if two reports have different types, links, cases or persons")
    func warnings() async throws {
        #expect(try await Self.find("1", "1").warnings.isEmpty)
        #expect(
            try await Self.find("2.2", "2.3").warnings == [
                "the reports have different types: product_request_received and product_generated_success"
            ])
        #expect(
            try await Self.find("1", "3").warnings == [
                "the reports have different types: link_created and applicant",
                "the reports do not belong to the same link, case or person",
            ])
    }

    @Test(
        "the exit status shows if a report is missing or cannot be compared",
        arguments: [
            ("99", "1", CallboxCommands.ExitStatus.missingInput), ("1", "99", .missingInput), ("1", nil, .missingInput),
            ("2.4", "1", .missingInput), ("4", "1", .damagedData), ("q1", "1", .usage),
            ("latest", nil, .damagedData),
        ] as [(String, String?, CallboxCommands.ExitStatus)])
    func rejected(older: String, newer: String?, status: CallboxCommands.ExitStatus) async throws {
        #expect(try await Self.failure(older, newer)?.status == status)
    }

    @Test("an empty archive has no latest report")
    func empty() async throws {
        try await SampleArchive.with([]) { reader in
            let failure = #expect(throws: CommandFailure.self) {
                try DiffCommand.pair(.latest, nil, reader)
            }
            #expect(failure?.message == "the archive has no reports yet")
        }
    }
}
