import CallboxConfiguration
import Deliveries
import Presentation
import Providers
import TestKit
import Testing

@testable import Analysis
@testable import CallboxCommands
@testable import ReportIndex

@Suite("Reports of one link or person", .offPool)
struct TimelineSearchTests {
    private static let names = [
        "klavi/checking-account-report", "klavi/link-created-event", "klavi/consent-events",
        "certn/legacy-applicant-complete", "klavi/whitelabel-redirect",
    ]

    private static func timeline(
        _ names: [String] = names, fields: [ReportField], check: (Timeline) throws -> Void
    ) async throws {
        try await SampleArchive.with(names) { reader in
            var filter = ReportFilter()
            filter.fields = fields
            var search = TimelineSearch(reader, providers: .standard)
            try check(try search.run(from: [filter]))
        }
    }

    @Test("a search for a field of one report finds all reports of the same link, in the provider's order")
    func link() async throws {
        try await Self.timeline(fields: [ReportField("requestId", "428d0312-4a74-4add-891d-2b2c35904d9d")]) {
            timeline in
            #expect(timeline.entries.map(\.report.numberText) == ["2", "3", "5", "3.2", "1", "3.3"])
            #expect(timeline.shortcoming == nil)
        }
    }

    @Test("a search for a delivery finds only the reports of the delivery's link")
    func delivery() async throws {
        try await SampleArchive.with(Self.names) { reader in
            var search = TimelineSearch(reader, providers: .standard)
            let timeline = try search.run(from: try reader.reports(of: DeliveryID(rawValue: 2)))
            #expect(timeline.entries.count == 6)
            var other = TimelineSearch(reader, providers: .standard)
            let applicant = try other.run(from: try reader.reports(of: DeliveryID(rawValue: 4)))
            #expect(applicant.entries.map(\.report.numberText) == ["4"])
            #expect(applicant.entries[0].states.map(\.value) == ["COMPLETE", "Returned", "CLEARED"])
            #expect(applicant.entries[0].subject?.name == "id")
        }
    }

    @Test("a search for an unknown value finds no report")
    func nothing() async throws {
        try await Self.timeline(fields: [ReportField("linkId", "none")]) { timeline in
            #expect(timeline.entries.isEmpty)
            #expect(timeline.current.isEmpty)
            #expect(timeline.links.isEmpty)
        }
    }

    @Test("the current state is the last report of each type")
    func current() async throws {
        try await Self.timeline(fields: [ReportField("personalTaxId", "10020030088")]) { timeline in
            #expect(
                timeline.current.map(\.report.type) == [
                    "link_created", "consent_authorised", "redirect", "product_request_received",
                    "pf_checking_account", "product_generated_success",
                ])
        }
    }

    @Test("the e-mail fields of all providers identify the same person")
    func identities() {
        func identity(_ name: String, _ api: String) -> TimelineIdentity? {
            TimelineIdentity(ReportField(name, "a@b"), api: api, in: ProviderCatalog.standard.identities)
        }
        #expect(identity("id", "certn-legacy") != nil)
        #expect(identity("id", "certn-centric") == nil)
        #expect(identity("requestId", "klavi") == nil)
        let person = identity("login_hint", "ezid")
        #expect(person == identity("applicant_account.email", "certn-legacy"))
        #expect(person?.filters.count == 4)
    }
}
