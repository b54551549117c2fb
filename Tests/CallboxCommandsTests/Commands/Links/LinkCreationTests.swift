import ArgumentParser
import CallboxConfiguration
import Deliveries
import FollowUp
import Foundation
import Journal
import ProviderTransport
import Quarantine
import ReportIndex
import ServerTestKit
import StrictJSON
import TerminalOutput
import TestKit
import Testing

@testable import CallboxCommands
@testable import Providers

@Suite("Creating a link", .offPool)
struct LinkCreationTests {
    private static let order = LinkOrder(
        provider: "klavi", api: "https://api.test/v1/p", keys: [ReportField("externalInfo.traceId", "t-1")],
        expectations: [LinkExpectation("pf_checking_account")], externalInfo: #"{"traceId":"t-1"}"#)

    private static let auth = ProviderDouble.json(#"{"accessToken":"token-1","expireIn":1800}"#)

    /// Creates a link with a fake provider, and reads the link that the archive recorded.
    private static func create(
        in folder: TemporaryFolder, format: String = "json", response: @escaping ProviderDouble.Response
    ) async throws -> (output: String, failure: CommandFailure?, link: Link?, requests: [String]) {
        var configuration = CallboxConfiguration()
        configuration.archivePath = folder.path(of: "archive")
        configuration.apis["klavi"]?.url = "https://api.test/v1"
        let double = ProviderDouble(["POST /v1/auth": auth, "POST /v1/links": response])
        let client = try ProviderAccess(
            configuration,
            environment: ["CALLBOX_KLAVI_ACCESS_KEY": "key", "CALLBOX_KLAVI_SECRET_KEY": "secret"],
            exchange: double.exchange
        ).client(KlaviAPI.description)
        let output = RecordedOutput()
        let creation = LinkCreation(
            configuration, try LinkOrderOptions.parse(["--format", format]), console: output.console())
        var failure: CommandFailure?
        do {
            let request = client.account.request("POST", "/links", json: .object([]))
            let call = ProviderCall(json: request) { response in
                CreatedLink(
                    keys: [
                        ReportField("linkId", try response.text("linkId")), ReportField("externalInfo.more", "1"),
                        ReportField("magicLinkToken", "opens-everything"),
                    ], expiresAt: .fixture, shown: [.init("linkURL", .string(try response.text("linkURL")))])
            }
            let plan = LinkPlan(
                call: call, apiPath: "/p", keys: order.keys, expectations: ["pf_checking_account"],
                externalInfo: order.externalInfo)
            try await creation.create(plan, call, by: client)
        } catch let caught as CommandFailure {
            failure = caught
        }
        let link = try ArchiveReader(ArchiveDirectory(path: configuration.archivePath)).link(LinkID(rawValue: 1))
        return (output.text, failure, link, double.requests)
    }

    private static let created = ProviderDouble.json(
        #"{"linkId":"L-1","linkURL":"https://connect.test/L-1","linkToken":"lt","expireIn":1800}"#)

    @Test("a link is recorded before the provider is called")
    func recordedFirst() async throws {
        try await TemporaryFolder.with { folder in
            let location = ArchiveDirectory(path: folder.path(of: "archive"))
            let result = try await Self.create(in: folder) { request throws(TransportFailure) in
                let entry = try? JournalReader(location.journal).entry(1)
                guard let record = try? entry?.record(), record == .link(Self.order) else {
                    throw .notSent(problem: "the ledger does not have it")
                }
                return try Self.created(request)
            }
            #expect(result.failure == nil)
            #expect(result.link?.state == .created)
            #expect(result.requests == ["POST /v1/auth", "POST /v1/links"])
        }
    }

    @Test("a created link has the provider's keys and expiry time")
    func created() async throws {
        try await TemporaryFolder.with { folder in
            let link = try #require(try await Self.create(in: folder, response: Self.created).link)
            #expect(link.order.expiresAt == .fixture)
            #expect(link.order.expectations == Self.order.expectations)
            #expect(
                link.order.keys == [
                    ReportField("externalInfo.more", "1"), ReportField("externalInfo.traceId", "t-1"),
                    ReportField("linkId", "L-1"), ReportField("magicLinkToken", "opens-everything"),
                ])
            #expect(link.note == nil)
        }
    }

    @Test("the output has the link's URL and no token")
    func told() async throws {
        try await TemporaryFolder.with { folder in
            let output = try await Self.create(in: folder, response: Self.created).output
            #expect(
                output == #"{"link":1,"keys":{"linkId":"L-1"},"expiresAt":"2026-11-02T10:00:00.250Z","#
                    + #""linkURL":"https://connect.test/L-1"}"# + "\n")
        }
        try await TemporaryFolder.with { folder in
            let output = try await Self.create(in: folder, format: "table", response: Self.created).output
            #expect(
                output == """
                    link       1
                    linkId     L-1
                    expiresAt  2026-11-02T10:00:00.250Z
                    linkURL    https://connect.test/L-1

                    """)
        }
    }

    @Test("the link's URL is not stored")
    func notKept() async throws {
        try await TemporaryFolder.with { folder in
            _ = try await Self.create(in: folder, response: Self.created)
            let files = try FileManager.default.contentsOfDirectory(atPath: folder.path(of: "archive"))
            #expect(files.contains("journal.sqlite"))
            for name in files {
                let bytes = try folder.bytes(of: "archive/" + name)
                #expect(!bytes.contains(subsequence: Array("connect.test".utf8)), "\(name)")
            }
        }
    }

    @Test("a link that the provider rejects gets the state 'failed' and the provider's message")
    func rejected() async throws {
        try await TemporaryFolder.with { folder in
            let result = try await Self.create(
                in: folder,
                response: ProviderDouble.json(
                    #"{"statusCode":400,"error":"Bad Request","message":"no \u001b[31m"}"#, status: 400))
            #expect(result.link?.state == .failed)
            #expect(result.link?.note?.contains("the provider rejected the request (400") == true)
            #expect(result.link?.note?.contains("no \\u{1b}[31m") == true)
            #expect(result.failure?.status == .negative)
            #expect(result.failure?.advice?.hasSuffix("The request is recorded as link 1.") == true)
            #expect(result.output.isEmpty)
        }
    }

    @Test("a link whose request was not sent gets the state 'failed'")
    func notSent() async throws {
        try await TemporaryFolder.with { folder in
            let result = try await Self.create(
                in: folder,
                response: ProviderDouble.failing(.notSent(problem: "nothing listens there, or it rejects connections")))
            #expect(result.link?.state == .failed)
            #expect(result.failure?.status == .unavailable)
        }
    }

    @Test("a link whose request gets no usable response keeps the state 'requested'")
    func lost() async throws {
        let responses: [ProviderDouble.Response] = [
            ProviderDouble.failing(.noResponse(problem: "the connection was closed without a complete response")),
            ProviderDouble.failing(.tooLong), ProviderDouble.json("{}"), ProviderDouble.json("{}", status: 500),
            ProviderDouble.json("{}", status: 502),
        ]
        for response in responses {
            try await TemporaryFolder.with { folder in
                let result = try await Self.create(in: folder, response: response)
                #expect(result.failure != nil)
                #expect(result.link?.state == .requested)
                #expect(result.link?.note == nil)
                #expect(result.link?.order == Self.order)
            }
        }
    }

    @Test(
        "a failed call may have been executed, unless it was not sent or the provider rejected it",
        arguments: [
            (ProviderCallFailure.unreachable(problem: "x", mayHaveArrived: true), true),
            (.unreachable(problem: "x", mayHaveArrived: false), false), (.unexpectedResponse("x"), true),
            (.cancelled, true), (.badInput("x"), false), (.rejected(ProviderRejection(status: 500)), true),
            (.rejected(ProviderRejection(status: 503)), true), (.rejected(ProviderRejection(status: 499)), false),
            (.rejected(ProviderRejection(status: 302)), false),
        ])
    func mayHaveBeenDone(failure: ProviderCallFailure, expected: Bool) {
        #expect(failure.mayHaveBeenDone == expected)
    }
}

extension TemporaryFolder {
    fileprivate func bytes(of name: String) throws -> [UInt8] {
        Array(try GivenBytes.read(path(of: name)))
    }
}

extension [UInt8] {
    fileprivate func contains(subsequence: [UInt8]) -> Bool {
        guard let first = subsequence.first, count >= subsequence.count else { return false }
        return indices.dropLast(subsequence.count - 1).contains { index in
            self[index] == first && self[index..<(index + subsequence.count)].elementsEqual(subsequence)
        }
    }
}
