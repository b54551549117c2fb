import CallboxConfiguration
import ControlSocket
import Deliveries
import Foundation
import Journal
import Quarantine
import ReportIndex
import ServerTestKit
import TerminalOutput
import TestKit
import Testing

@testable import CallboxServer

@Suite("Writing through a running server", .offPool)
struct ControlServiceTests {
    /// Runs `body` while the archive and the control socket of a server are open.
    private static func whileServing(
        _ archive: TestArchive, retention: @escaping @Sendable () -> Retention = { Retention() },
        _ body: (OpenArchive, Commands) async throws -> Void
    ) async throws {
        try await archive.opened(isServed: true, retention: retention) { open in
            let server = ControlServer<ControlRequest, ControlResponse>(
                path: open.directory.controlSocketPath, handle: ControlHandler.fixture(open).handle)
            try server.start()
            defer { server.stop() }
            try await body(open, Commands(configuration: try archive.configuration()))
        }
    }

    /// Handles a request and returns the responses.
    private static func responses(
        to request: ControlRequest, _ open: OpenArchive, isClientGone: Bool = false
    ) -> [ControlResponse] {
        var responses: [ControlResponse] = []
        ControlHandler.fixture(open).handle(request) { response throws(ControlFailure) in
            responses.append(response)
            if isClientGone { throw .closed }
        }
        return responses
    }

    @Test("the server appends a record, and queries see the record as soon as the server has responded")
    func append() async throws {
        try await TestArchive.with { archive in
            try await Self.whileServing(archive) { open, access in
                let reader = try open.reader()
                for position in Int64(2)...40 {
                    #expect(try await access.append(.replay(TestArchive.replay)) == position)
                    #expect(try reader.unindexedCount() == 0)
                }
                #expect(try reader.replays(of: TestArchive.deliveryID).count == 39)
            }
        }
    }

    @Test("the IDs of a hold and a link are the positions of their records")
    func identifiers() async throws {
        try await TestArchive.with { archive in
            try await Self.whileServing(archive) { open, access in
                let hold = HoldRecord(subject: .delivery(TestArchive.deliveryID), reason: "claim 7")
                #expect(try await access.append(.hold(hold)) == 2)
                #expect(try await access.append(.link(LinkOrder(provider: "klavi", api: "https://a"))) == 3)
                let link = LinkID(rawValue: 3)
                try await access.append(.linkChange(LinkChangeRecord(link: link, change: .cancelled)))
                try await access.append(.holdRelease(HoldReleaseRecord(hold: 2)))
                let reader = try open.reader()
                #expect(try reader.holds().map(\.id) == [2])
                #expect(try reader.holds().allSatisfy { $0.releasedAt == .fixture })
                #expect(try reader.link(link)?.state == .cancelled)
                // A record has no effect if it refers to an unknown link.
                let unknown = LinkChangeRecord(link: LinkID(rawValue: 1), change: .cancelled)
                try await access.append(.linkChange(unknown))
                #expect(try open.reader().link(LinkID(rawValue: 1)) == nil)
            }
        }
    }

    @Test("a reindex uses the configured routes, and queries never see an empty index")
    func reindex() async throws {
        try await TestArchive.with { archive in
            try await Self.whileServing(archive) { open, access in
                open.waitForIndexer(limit: .seconds(20))
                let reader = try open.reader()
                #expect(try await access.run(.reindex) == .reindexed)
                #expect(try reader.reports(matching: ReportFilter()).map(\.route?.topic) == ["links"])
                #expect(try reader.unindexedCount() == 0)
            }
        }
    }

    @Test("a reload returns the new sources, and fails if no server runs")
    func reload() async throws {
        try await TestArchive.with { archive in
            try await Self.whileServing(archive) { open, _ in
                let reload = try await ArchiveSession.reloadServer(archive.directory)
                #expect(reload.sources == ["klavi"])
            }
            await #expect(throws: ServerError.notServed(archivePath: archive.directory.path)) {
                try await ArchiveSession.reloadServer(archive.directory)
            }
        }
    }

    @Test("the server responds to a job with the job's result")
    func jobs() async throws {
        try await TestArchive.with { archive in
            try await archive.opened { open in
                func last(_ job: MaintenanceJob) -> ControlResponse? {
                    Self.responses(to: .run(job), open).last
                }
                #expect(last(.reindex) == .finished(.reindexed))
                #expect(last(.emptyQuarantine) == .finished(.deleted(0)))
                #expect(last(.deleteQuarantined(QuarantineID(rawValue: 7))) == .finished(.deleted(0)))
                #expect(last(.prune(settings: Retention().settings)) == .finished(.pruned(PruneTotals())))
                guard case .finished(.compacted(let totals))? = last(.compact(fromStart: false, trains: true)) else {
                    Issue.record("no result of a compaction")
                    return
                }
                #expect(totals.bodyCount == 1)
                guard
                    case .finished(.pruned(let pruned))? = last(
                        .pruneBodies([TestArchive.deliveryID], reason: "erasure"))
                else {
                    Issue.record("no result of pruning")
                    return
                }
                #expect(pruned.bodyCount == 1)
                #expect(pruned.deliveryCount == 0)
                #expect(pruned.byteCount > 0)
            }
        }
    }

    @Test("a failure is reported with the text that the command line prints")
    func failures() async throws {
        try await TestArchive.with { archive in
            try await archive.opened { open in
                let missing = FailureReport.fixture(ServerError.notQuarantined(QuarantineID(rawValue: 9)))
                #expect(
                    Self.responses(
                        to: .run(.release(QuarantineID(rawValue: 9), forcedBecause: nil)), open) == [
                            .failed(missing)
                        ])
            }
        }
    }

    @Test("a job whose command has exited ends at its next progress report, and its work is kept")
    func clientGone() async throws {
        let kept = Retention.keeping(.seconds(1))
        let later = Timestamp.fixture.advanced(byMilliseconds: 10_000_000_000)
        try await TestArchive.with { archive in
            try await archive.opened(retention: { kept }, now: { later }) { open in
                let responses = Self.responses(
                    to: .run(.prune(settings: kept.settings)), open, isClientGone: true)
                #expect(responses.count == 2)
                #expect(responses.last == .failed(.fixture(ServerError.interrupted)))
                #expect(throws: ArchiveError.self) { try open.reader().delivery(TestArchive.deliveryID) }
            }
        }
    }

    @Test("a server that cannot write reports the reason")
    func failingServer() async throws {
        try await TestArchive.with { archive in
            try await Self.whileServing(archive) { open, access in
                open.writer.close()
                // The lock of the archive is free, so the test sends the request to the socket directly.
                let client = try ControlClient<ControlRequest, ControlResponse>
                    .connect(path: open.directory.controlSocketPath)
                defer { client.close() }
                try client.send(.append([.record(.replay(TestArchive.replay))]))
                let response = try client.receive()
                #expect(response == .failed(.fixture(ArchiveError.closed)))
                withExtendedLifetime(access) {}
            }
        }
    }

    @Test("a server passes the failure of a job on to its command")
    func failedJob() async throws {
        try await TestArchive.with { archive in
            try await Self.whileServing(archive) { _, access in
                let id = QuarantineID(rawValue: 9)
                await #expect(throws: FailureReport.fixture(ServerError.notQuarantined(id))) {
                    _ = try await access.run(.release(id, forcedBecause: "x"))
                }
            }
        }
    }

    @Test("the error for a process that holds the archive but does not respond names the process and its socket")
    func noResponse() async throws {
        try await TestArchive.with { archive in
            let writer = try JournalWriter(archive.directory)
            defer { writer.close() }
            let failure = await #expect(throws: ServerError.self) {
                try await Commands(configuration: archive.configuration()).append(.replay(TestArchive.replay))
            }
            #expect(
                failure
                    == .holderDoesNotRespond(processID: getpid(), socketPath: archive.directory.controlSocketPath))
        }
    }
}

@Suite("Damaged requests", .offPool)
struct DamagedControlRequestTests {
    @Test("any input is ignored, executed, or rejected with a message", arguments: UInt64(1)...3)
    func junk(seed: UInt64) async throws {
        var generator = SplitMix64(seed: seed)
        try await TestArchive.with { archive in
            try await archive.opened { open in
                let handler = ControlHandler.fixture(open)
                var carriedOutCount = 0
                for _ in 0..<400 {
                    guard let request = try DamagedRequest.next(using: &generator) else { continue }
                    handler.handle(request) { response throws(ControlFailure) in
                        switch response {
                        case .failed(let failure):
                            #expect(failure.status != FailureReport.unknownStatus, "\(request)")
                        case .appended, .finished, .reloaded, .handedOver: carriedOutCount += 1
                        case .progress, .replication: break
                        }
                    }
                }
                #expect(carriedOutCount > 0)
                try open.indexEverything()
                #expect(try open.reader().unindexedCount() == 0)
            }
            let journal = try JournalReader(archive.directory.journal)
            defer { journal.close() }
            #expect(try journal.verify().findings.isEmpty)
        }
    }
}

/// Creates requests from JSON in which random bytes were changed.
private enum DamagedRequest {
    static func next(using generator: inout SplitMix64) throws -> ControlRequest? {
        guard let request = ControlMessagesTests.requests.randomElement(using: &generator) else { return nil }
        let json = ByteMutation.mutate(try ControlMessagesTests.json(of: request), using: &generator)
        return try? ControlMessagesTests.request(from: json)
    }
}

extension Retention {
    /// Settings that keep bodies of `klavi` for this duration.
    static func keeping(_ duration: Duration) -> Retention {
        var terms = SourceTerms()
        terms.terms.keep = duration
        return Retention(sources: ["klavi": terms])
    }
}

/// Writes to an archive as a command does.
private struct Commands {
    let configuration: CallboxConfiguration

    @discardableResult
    func append(_ record: JournalRecord) async throws -> Int64 {
        try await writing { try await $0.append(record) }
    }

    func run(_ job: MaintenanceJob) async throws -> MaintenanceResult {
        try await writing { try await $0.run(job) }
    }

    private func writing<Value>(_ work: (ArchiveSession) async throws -> Value) async throws -> Value {
        try await ArchiveSession.with(configuration, now: { .fixture }, progress: { _ in }, work)
    }
}

extension ControlHandler {
    fileprivate static func fixture(_ open: OpenArchive) -> ControlHandler {
        ControlHandler(
            maintenance: Maintenance(open), reload: { .init(sources: ["klavi"], needingRestart: []) },
            handOver: HandOver(address: "127.0.0.1:0", opened: OpenedListener(), stop: {}),
            report: FailureReport.fixture)
    }
}

extension FailureReport {
    static let unknownStatus: Int32 = 70

    /// Describes an error of the server or the archive. All other errors get `unknownStatus`.
    @Sendable
    static func fixture(_ error: any Error) -> FailureReport {
        switch error {
        case is ServerError, is ArchiveError:
            FailureReport(status: 1, message: "\(error)", advice: nil)
        default: FailureReport(status: unknownStatus, message: "\(error)", advice: nil)
        }
    }
}
