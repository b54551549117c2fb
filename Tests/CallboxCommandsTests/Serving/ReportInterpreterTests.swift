import Deliveries
import Foundation
import Providers
import ReportArchive
import TestKit
import Testing

@testable import CallboxCommands

@Suite("Which reports are in a delivery, and where each goes")
struct ReportInterpreterTests {
    private static func settings(
        _ name: String, _ provider: any Provider, _ entries: [RouteEntry] = []
    ) throws -> SourceSettings {
        var settings = SourceSettings(name: name, provider: provider, path: "/\(name)")
        settings.routes = try RouteTable(entries)
        return settings
    }

    @Test("every sample is read and routed as its source says", arguments: Sample.all.filter(\.isArchived))
    func samples(sample: Sample) throws {
        let configuration = try ConfigurationFile.read(ProjectFolder.samples.appending(path: "callbox.yaml").path())
        let reports = ReportInterpreter.function(for: configuration.sources)(.sample(sample.name))
        let expected = try #require(sample.expectedReports)
        #expect(reports.map(\.content.provider) == expected.map(\.provider))
        #expect(reports.map(\.content.kind) == expected.map(\.kind))
        #expect(reports.map(\.content.dedupeKey) == expected.map(\.key))
        #expect(reports.map { $0.route?.rule.rawValue } == expected.map(\.rule))
        #expect(reports.map { $0.route?.box } == expected.map(\.box))
    }

    @Test("a source of another name is read by its own provider and takes its own routes")
    func renamed() throws {
        let interpret = ReportInterpreter.function(for: [
            try Self.settings("klavi", CertnProvider(), [RouteEntry(key: "all", box: "wrong")]),
            try Self.settings("main", KlaviProvider(), [RouteEntry(key: "link_created", box: "mine")]),
        ])
        let sample = ArchivedDelivery.sample("klavi/link-created-event")
        let reports = interpret(.fixture(source: "main", request: sample.request))
        #expect(reports.map(\.content.kind) == ["link_created"])
        #expect(reports.map(\.route) == [Route(rule: .specific, box: "mine")])
    }

    @Test("each report of a delivery takes its own route")
    func routes() throws {
        let interpret = ReportInterpreter.function(for: [
            try Self.settings("klavi", KlaviProvider(), [RouteEntry(key: "product_request_received", box: "requests")])
        ])
        #expect(
            interpret(.sample("klavi/consent-events")).map(\.route) == [
                nil, Route(rule: .specific, box: "requests"), nil,
            ])
    }

    @Test("a source that was taken out is read by the provider of its name, without a route")
    func removed() throws {
        let interpret = ReportInterpreter.function(for: [
            try Self.settings("main", KlaviProvider(), [RouteEntry(key: "all", box: "mine")])
        ])
        let reports = interpret(.sample("klavi/link-created-event"))
        #expect(reports.map(\.content.kind) == ["link_created"])
        #expect(reports.map(\.content.provider) == ["klavi"])
        #expect(reports.map(\.route) == [nil])
    }

    @Test("a delivery of a source that nobody knows any more is kept as one report that says so")
    func unknown() throws {
        let interpret = ReportInterpreter.function(for: [
            try Self.settings("klavi", KlaviProvider(), [RouteEntry(key: "all", box: "mine")])
        ])
        let expected = ReportContent(
            provider: "gone", kind: "unrecognised", dedupeKey: "delivery:42",
            problem: "no source of this name is configured any more")
        #expect(interpret(.fixture(source: "gone")) == [RoutedReport(content: expected, route: nil)])
    }

    @Test("what cannot be read is one report, routed like any other")
    func unreadable() throws {
        let interpret = ReportInterpreter.function(for: [
            try Self.settings("klavi", KlaviProvider(), [RouteEntry(key: "other", box: "rest")])
        ])
        let reports = interpret(.fixture(request: .fixture(body: "{")))
        #expect(reports.map(\.content.kind) == ["unrecognised"])
        #expect(reports.map(\.route) == [Route(rule: .other, box: "rest")])
    }
}
