import Analysis
import ArgumentParser
import BodyCompression
import CallboxConfiguration
import Deliveries
import FollowUp
import Foundation
import Intake
import Journal
import ProviderTransport
import Redaction
import ReportIndex
import StrictJSON
import TestKit
import Testing

@testable import CallboxCommands
@testable import Presentation
@testable import Providers

/// Tests that a folder and one entry in the catalog add a provider, without changes in the commands and the server.
@Suite("A fifth provider")
struct FifthProviderTests {
    private static let sample: Sample = {
        let folder = ProjectFolder.root.appending(path: "Tests/ProvidersTests/FifthProvider/Samples")
        guard let sample = Sample.cases(in: folder).first else {
            fatalError("there is no sample of the fifth provider")
        }
        return sample
    }()

    private static let environment = ["CALLBOX_ACME_SECRET": "acme-test-secret"]

    private struct Rejected: Error {}

    private static func configuration() throws -> CallboxConfiguration {
        try ConfigurationFile.parse(
            "sources: {acme: {routes: {order.shipped: shipments}, secrets: [{env: CALLBOX_ACME_SECRET}]}}",
            file: "callbox.yaml", providers: .withAcme)
    }

    /// Runs `body` with an archive that received the sample through the server's functions.
    private static func served(_ body: (Response, ArchiveReader) throws -> Void) async throws {
        try await TemporaryFolder.with { folder in
            let configuration = try configuration()
            let sources = try SourceTable(configuration, environment: environment)
            let directory = ArchiveDirectory(path: folder.path(of: "archive"))
            let writer = try JournalWriter(directory)
            defer { writer.close() }
            let intake = IntakePipeline<Receipt>(
                sources: { sources }, encode: DeliveryEncoder(compressor: ZlibCompressor()),
                commit: { writer.commit($0, finish: $1) }, offload: { $0() }, observe: { _ in })
            let head = InboundHead(method: sample.request.method, target: sample.request.target)
            guard case .read(_, let receive) = intake.admit(head) else { throw Rejected() }
            let response = await withCheckedContinuation { responded in
                receive(sample.request) { responded.resume(returning: $0) }
            }
            try Indexer(directory, parser: ReportParser(configuration)).catchUp()
            try body(response, try ArchiveReader(directory))
        }
    }

    @Test("serve: a delivery of the provider is verified, committed, parsed and routed")
    func serve() async throws {
        let expected = try #require(Self.sample.expectedReports?.first)
        try await Self.served { response, reader in
            #expect(response.status == 200)
            let report = try #require(try reader.reports(matching: ReportFilter()).first)
            #expect(report.verification == .verified)
            #expect(report.provider == expected.provider && report.type == expected.type)
            #expect(report.route?.topic == expected.topic)
            #expect(report.providerTime?.rfc3339 == expected.providerTime)
        }
    }

    @Test("serve: without a configuration file the provider has a source with a secret from the environment")
    func defaults() throws {
        let configuration = CallboxConfiguration(providers: .withAcme)
        let source = try #require(try SourceTable(configuration, environment: Self.environment).source(at: "/acme"))
        #expect(source.provider.name == "acme")
        guard case .authentic = AuthenticDelivery.authenticate(Self.sample.request, at: source) else {
            Issue.record("the sample is not verified")
            return
        }
    }

    @Test("sign and verify: the scheme has the provider's name")
    func schemes() throws {
        let scheme = try CallboxCommand.$providers.withValue(.withAcme) {
            try SchemeChoice.scheme(named: "acme", try ConfigurationOptions.parse([]))
        }
        let secret = Secret(name: "s", purpose: scheme.purpose, bytes: Array("acme-test-secret".utf8))
        let diagnosis = scheme.diagnose(Self.sample.request, with: [secret], toleranceMilliseconds: 60_000)
        #expect(diagnosis.outcome == .verified(secretName: "s"))
        let time = try #require(Timestamp(rfc3339: "2026-11-21T10:00:01Z".utf8))
        let signed = scheme.headers(signing: Self.sample.request.body, with: secret, at: time, id: nil)
        #expect(signed?.map(\.value) == Self.sample.request.headers.values(named: "X-Acme-Proof"))
    }

    @Test("config urls: the URL has the provider's name")
    func urls() throws {
        let source = try #require(try Self.configuration().sources.first)
        #expect(
            CallbackURLs.json(for: source, base: "https://cb.example.com").compact
                == #"{"hookURL":"https://cb.example.com/acme/hooks"}"#)
    }

    @Test("masking: the provider's secret header and parameter are masked only if the catalog has the provider")
    func masking() {
        let proof = HeaderField("x-acme-proof", "t=1,v1=00")
        let secrets = ProviderCatalog.withAcme.secrets
        #expect(Masking.value(of: proof, secrets) == Masking.mask)
        #expect(Masking.target("/acme?Ticket=t-9&a=b", secrets) == "/acme?Ticket=\(Masking.mask)&a=b")
        let others = ProviderCatalog.standard.secrets
        #expect(Masking.value(of: proof, others) == proof.value)
        #expect(Masking.target("/acme?Ticket=t-9", others) == "/acme?Ticket=t-9")
    }

    @Test("list: filters and --latest-per support the provider")
    func filters() async throws {
        let filter = try CallboxCommand.$providers.withValue(.withAcme) {
            var filter = try FilterOptions.parse(["--provider", "acme"]).filter(now: .fixture)
            filter.latestPer = CallboxCommand.providers.identities.identifying(.case)
            return filter
        }
        try await Self.served { _, reader in
            let types = try reader.reports(matching: filter).map(\.type)
            #expect(types == ["order.shipped"])
        }
        #expect(throws: CommandFailure.self) { try FilterOptions.parse(["--provider", "acme"]).filter(now: .fixture) }
    }

    @Test("timeline: the provider's reports have a subject and a state")
    func timeline() async throws {
        try await Self.served { _, reader in
            var search = TimelineSearch(reader, providers: .withAcme)
            var filter = ReportFilter()
            filter.fields = [ReportField("recipient", "ana@example.com")]
            let entry = try #require(try search.run(from: [filter]).entries.first)
            #expect(entry.subject == ReportField("shipmentId", "4711"))
            #expect(entry.states == [ReportField("stage", "on its way")])
        }
    }

    @Test("explain and diff: the signed time and the message members are used")
    func facts() {
        let time = ProviderCatalog.withAcme.senderTime(in: Self.sample.request.headers)
        #expect(time?.header == "X-Acme-Proof" && time?.isSigned == true)
        #expect(ProviderCatalog.withAcme.messageMembers(ofAPI: "acme") == ["id", "createdAt"])
    }

    @Test("links create and fetch: the fields are flags, with the usual help and errors")
    func links() throws {
        try CallboxCommand.$providers.withValue(.withAcme) {
            let forms = LinksCommand.Create.configuration.subcommands.compactMap { $0.configuration.commandName }
            #expect(forms.contains("acme"))
            let lookups = LinksCommand.Fetch.configuration.subcommands.compactMap { $0.configuration.commandName }
            #expect(lookups.contains("acme-depots"))
            let arguments = ["--recipient", "ana@example.com", "--parcel", "a", "--parcel", "b", "--express"]
            let command = try LinksCommand.Order<AcmeShipmentForm>.parse(arguments)
            let account = try APIAccount(
                AcmeAPI.description, root: try APIRoot(AcmeAPI.description.defaultURL), texts: ["api-key": "k"])
            guard
                case .done(let plan) = try AcmeShipmentForm.plan(
                    command.fields.values(), for: account, in: LinkContext())
            else {
                Issue.record("the order needs no other call")
                return
            }
            #expect(
                plan.call.map { String(decoding: $0.request.body, as: UTF8.self) }
                    == #"{"recipient":"ana@example.com","parcels":["a","b"],"express":true}"#)
        }
        let help = LinksCommand.Order<AcmeShipmentForm>.helpMessage(columns: 80)
        #expect(help.contains("--recipient <text>"))
        #expect(help.contains("Send it today."))
        for arguments in [[], ["--recipient", "ana"], ["--recipient", "a@b.test", "--expres"]] {
            let failure = #expect(throws: (any Error).self) {
                try LinksCommand.Order<AcmeShipmentForm>.parse(arguments)
            }
            #expect(failure.map { LinksCommand.Order<AcmeShipmentForm>.exitCode(for: $0) } == .validationFailure)
        }
    }

    @Test("apis: the section is read, and the key is read from its environment variable")
    func api() throws {
        let configuration = try ConfigurationFile.parse(
            "apis: {acme: {url: \"https://eu.acme.test\"}}", file: "callbox.yaml", providers: .withAcme)
        let access = ProviderAccess(configuration, environment: ["CALLBOX_ACME_API_KEY": "k"])
        #expect(try access.client(AcmeAPI.description).account.root.text == "https://eu.acme.test")
        #expect(throws: ConfigurationError.self) {
            try ConfigurationFile.parse("apis: {acme: {}}", file: "callbox.yaml")
        }
    }
}
