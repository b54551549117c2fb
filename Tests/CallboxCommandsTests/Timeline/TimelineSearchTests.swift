import Deliveries
import TestKit
import Testing

@testable import CallboxCommands
@testable import ReportIndex

@Suite("What belongs together", .offPool)
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
            var search = TimelineSearch(reader)
            try check(try search.run(from: [filter]))
        }
    }

    @Test("reports of one link are found from any of them, in the provider's order")
    func link() async throws {
        try await Self.timeline(fields: [ReportField("requestId", "428d0312-4a74-4add-891d-2b2c35904d9d")]) {
            timeline in
            #expect(timeline.entries.map(\.number) == ["2", "3", "5", "3.2", "1", "3.3"])
            #expect(timeline.shortcoming == nil)
        }
    }

    @Test("a delivery leads to the same, and what is of another stays away")
    func delivery() async throws {
        try await SampleArchive.with(Self.names) { reader in
            var search = TimelineSearch(reader)
            let timeline = try search.run(from: try reader.reports(of: DeliveryID(rawValue: 2)))
            #expect(timeline.entries.count == 6)
            var other = TimelineSearch(reader)
            let applicant = try other.run(from: try reader.reports(of: DeliveryID(rawValue: 4)))
            #expect(applicant.entries.map(\.number) == ["4"])
            #expect(applicant.entries[0].states.map(\.value) == ["COMPLETE", "Returned", "CLEARED"])
            #expect(applicant.entries[0].subject?.name == "id")
        }
    }

    @Test("nothing is found for a value that no report has")
    func nothing() async throws {
        try await Self.timeline(fields: [ReportField("linkId", "none")]) { timeline in
            #expect(timeline.entries.isEmpty)
            #expect(timeline.current.isEmpty)
            #expect(timeline.links.isEmpty)
        }
    }

    @Test("the end is the last of each type")
    func current() async throws {
        try await Self.timeline(fields: [ReportField("personalTaxId", "10020030088")]) { timeline in
            #expect(
                timeline.current.map(\.report.type) == [
                    "link_created", "consent_authorised", "redirect", "product_request_received",
                    "pf_checking_account", "product_generated_success",
                ])
        }
    }

    @Test("an id identifies where it is Certn's legacy applicant, and nowhere else")
    func identities() {
        #expect(TimelineIdentity(ReportField("id", "1"), provider: "certn-legacy") != nil)
        #expect(TimelineIdentity(ReportField("id", "1"), provider: "certn-centric") == nil)
        #expect(TimelineIdentity(ReportField("requestId", "1"), provider: "klavi") == nil)
        let person = TimelineIdentity(ReportField("login_hint", "a@b"), provider: "ezid")
        #expect(person == TimelineIdentity(ReportField("applicant_account.email", "a@b"), provider: "certn-legacy"))
        #expect(person?.filters.count == 4)
    }

    @Test("whatever names a subject for queries ties reports together here")
    func subjects() {
        for subject in ReportSubject.allCases {
            #expect(Set(subject.fieldNames).isSubset(of: TimelineIdentity.names))
        }
    }
}
