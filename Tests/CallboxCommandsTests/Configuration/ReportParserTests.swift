import CallboxConfiguration
import Deliveries
import Foundation
import Providers
import ServerTestKit
import TestKit
import Testing

@testable import CallboxCommands
@testable import ReportIndex

@Suite("The reports of a delivery and their routes")
struct ReportParserTests {
    private static func settings(
        _ name: String, _ provider: any Provider, _ entries: [RouteEntry] = []
    ) throws -> SourceSettings {
        var settings = SourceSettings(name: name, provider: provider, path: "/\(name)")
        settings.routes = try RouteTable(entries)
        return settings
    }

    private static func parser(_ sources: [SourceSettings]) -> ReportParser {
        var configuration = CallboxConfiguration()
        configuration.sources = sources
        return ReportParser(configuration)
    }

    /// The reports that the indexer finds in a delivery, with their routes.
    private static func routed(_ delivery: ArchivedDelivery, by parser: ReportParser) -> [RoutedReport] {
        parser.routed(parser.parse(delivery), source: delivery.source)
    }

    @Test("every sample is parsed and routed by its source", arguments: Sample.all.filter(\.isArchived))
    func samples(sample: Sample) throws {
        let configuration = try ConfigurationFile.read(ProjectFolder.samples.appending(path: "callbox.yaml").path())
        let reports = Self.routed(.sample(sample.name), by: ReportParser(configuration))
        let expected = try #require(sample.expectedReports)
        #expect(reports.map(\.content.provider) == expected.map(\.provider))
        #expect(reports.map(\.content.type) == expected.map(\.type))
        #expect(reports.map(\.content.dedupeKey) == expected.map(\.key))
        #expect(reports.map { $0.route?.rule.rawValue } == expected.map(\.rule))
        #expect(reports.map { $0.route?.topic } == expected.map(\.topic))
    }

    @Test("a source that has another name than its provider is parsed by the provider and has its own routes")
    func renamed() throws {
        let parser = Self.parser([
            try Self.settings("klavi", CertnProvider(), [RouteEntry(key: "all", topic: "wrong")]),
            try Self.settings("main", KlaviProvider(), [RouteEntry(key: "link_created", topic: "mine")]),
        ])
        let sample = ArchivedDelivery.sample("klavi/link-created-event")
        let reports = Self.routed(.fixture(source: "main", request: sample.request), by: parser)
        #expect(reports.map(\.content.type) == ["link_created"])
        #expect(reports.map(\.route) == [Route(rule: .specific, topic: "mine")])
    }

    @Test("each report of a delivery has its own route")
    func routes() throws {
        let parser = Self.parser([
            try Self.settings(
                "klavi", KlaviProvider(), [RouteEntry(key: "product_request_received", topic: "requests")])
        ])
        #expect(
            Self.routed(.sample("klavi/consent-events"), by: parser).map(\.route) == [
                nil, Route(rule: .specific, topic: "requests"), nil,
            ])
    }

    @Test("a delivery of a removed source is parsed by the provider of that name and gets no route")
    func removed() throws {
        let parser = Self.parser([
            try Self.settings("main", KlaviProvider(), [RouteEntry(key: "all", topic: "mine")])
        ])
        let reports = Self.routed(.sample("klavi/link-created-event"), by: parser)
        #expect(reports.map(\.content.type) == ["link_created"])
        #expect(reports.map(\.content.provider) == ["klavi"])
        #expect(reports.map(\.route) == [nil])
    }

    @Test("a delivery of an unknown source and provider is one report that states the problem")
    func unknown() throws {
        let parser = Self.parser([
            try Self.settings("klavi", KlaviProvider(), [RouteEntry(key: "all", topic: "mine")])
        ])
        let expected = ReportContent(
            provider: "gone", type: "unrecognised", dedupeKey: "delivery:42",
            problem: "no source with this name is configured")
        #expect(Self.routed(.fixture(source: "gone"), by: parser) == [RoutedReport(content: expected, route: nil)])
    }

    @Test(
        "an unverified copy of a report is a separate report, not another attempt of the verified report"
    )
    func unproved() throws {
        let parser = Self.parser([try Self.settings("klavi", KlaviProvider())])
        let request = ArchivedDelivery.sample("klavi/link-created-event").request
        func keys(_ verification: Verification) -> [String] {
            parser.parse(.fixture(request: request, verification: verification)).map(\.dedupeKey)
        }
        let proved = keys(.verified)
        #expect(proved.count == 1 && keys(.fetched) == proved)
        for verification in [Verification.unverified, .failed, .expired] {
            #expect(keys(verification) == proved.map { "\(verification.rawValue):\($0)" })
        }
    }

    @Test("an unreadable delivery is one report, which is routed like other reports")
    func unreadable() throws {
        let parser = Self.parser([
            try Self.settings("klavi", KlaviProvider(), [RouteEntry(key: "other", topic: "rest")])
        ])
        let reports = Self.routed(.fixture(request: .fixture(body: "{")), by: parser)
        #expect(reports.map(\.content.type) == ["unrecognised"])
        #expect(reports.map(\.route) == [Route(rule: .other, topic: "rest")])
    }
}
