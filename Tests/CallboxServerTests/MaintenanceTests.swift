import BodyCompression
import CallboxConfiguration
import Deliveries
import Journal
import ServerTestKit
import TestKit
import Testing

@testable import CallboxServer
@testable import ReportIndex

@Suite("Maintenance jobs", .offPool)
struct MaintenanceTests {
    /// A time long after the delivery arrived.
    private static let later = Timestamp.fixture.advanced(byMilliseconds: 10_000_000_000)

    private static func with(
        _ retention: Retention = Retention(), _ body: (OpenArchive) async throws -> Void
    ) async throws {
        try await TestArchive.with { archive in
            try await archive.opened(retention: { retention }, now: { later }) { try await body($0) }
        }
    }

    private static func run(_ job: MaintenanceJob, _ open: OpenArchive) throws -> MaintenanceResult {
        try Maintenance(open).run(job) { _ in }
    }

    private static func pruned(_ job: MaintenanceJob, _ open: OpenArchive) throws -> PruneTotals {
        guard case .pruned(let totals) = try run(job, open) else { throw UnexpectedResult() }
        return totals
    }

    private static func compacted(_ job: MaintenanceJob, _ open: OpenArchive) throws -> CompactionTotals {
        guard case .compacted(let totals) = try run(job, open) else { throw UnexpectedResult() }
        return totals
    }

    private struct UnexpectedResult: Error {}

    @Test("a prune removes and counts deliveries past their retention time, and a second prune removes none")
    func prune() async throws {
        let retention = Retention.keeping(.seconds(1))
        try await Self.with(retention) { open throws in
            let totals = try Self.pruned(.prune(settings: retention.settings), open)
            #expect(totals.bodyCount == 1)
            #expect(totals.deliveryCount == 0)
            #expect(totals.byteCount > 0)
            #expect(throws: ArchiveError.self) { try open.reader().delivery(TestArchive.deliveryID) }
            #expect(try Self.run(.prune(settings: retention.settings), open) == .pruned(PruneTotals()))
        }
    }

    @Test("a prune is rejected if the server has other retention settings than the command")
    func otherSettings() async throws {
        try await Self.with(.keeping(.seconds(86_400 * 365))) { open throws in
            for settings in [Retention.keeping(.seconds(1)).settings, Retention().settings, ""] {
                #expect(throws: ServerError.otherRetentionSettings) { try Self.run(.prune(settings: settings), open) }
            }
            #expect(try open.reader().delivery(TestArchive.deliveryID) != nil)
            #expect(try open.reader().recordedRetention().isEmpty)
        }
    }

    @Test("selected bodies are pruned regardless of retention settings, except bodies under legal hold")
    func chosen() async throws {
        try await Self.with { open throws in
            let hold = HoldRecord(subject: .delivery(TestArchive.deliveryID), reason: "claim 7")
            let position = try #require(try open.append([.record(.hold(hold))]).positions.first)
            let job = MaintenanceJob.pruneBodies([TestArchive.deliveryID, DeliveryID(rawValue: 99)], reason: "erasure")
            #expect(try Self.run(job, open) == .pruned(PruneTotals()))
            _ = try open.append([.record(.holdRelease(HoldReleaseRecord(hold: position)))])
            #expect(try Self.pruned(job, open).bodyCount == 1)
            try open.indexEverything()
            #expect(try open.reader().reports(matching: ReportFilter()).map(\.type) == ["link_created"])
            #expect(throws: ArchiveError.self) { try open.reader().delivery(TestArchive.deliveryID) }
        }
    }

    @Test("a compaction counts bodies read and rewritten, and a second compaction rewrites none")
    func compact() async throws {
        try await Self.with { open throws in
            let first = try Self.compacted(.compact(fromStart: false, trains: true), open)
            let second = try Self.compacted(.compact(fromStart: true, trains: false), open)
            #expect(first.trainedCount == 0)
            #expect(first.bodyCount == 1)
            #expect(first.rewrittenCount == 1)
            #expect(first.byteCountAfter < first.byteCountBefore)
            #expect(second.rewrittenCount == 0)
            #expect(second.byteCountBefore == first.byteCountAfter)
            let delivery = try open.reader().delivery(TestArchive.deliveryID)
            #expect(delivery?.request.body == Sample.named("klavi/link-created-event").request.body)
        }
    }

    @Test("a replaced dictionary is retired when no body still needs it")
    func retire() async throws {
        try await Self.with { open throws in
            let scope = DictionaryScope(source: "klavi", type: nil)
            for text in ["common", "commoner"] {
                let dictionary = try #require(PresetDictionary(Array(text.utf8)))
                #expect(try open.writer.add(dictionary, for: scope, bodyCount: 1, at: Self.later))
                #expect(try !open.writer.add(dictionary, for: scope, bodyCount: 1, at: Self.later))
            }
            #expect(try Self.compacted(.compact(fromStart: true, trains: false), open).retiredCount == 1)
            let info = try JournalInfo(open.directory.journal)
            #expect(info.dictionaries.filter { $0.scope == scope }.map(\.byteCount) == [8])
        }
    }

    @Test("each job on a closed archive is rejected and can be retried")
    func closed() async throws {
        let retention = Retention.keeping(.seconds(1))
        try await Self.with(retention) { open throws in
            open.writer.close()
            for job in [
                MaintenanceJob.prune(settings: retention.settings), .compact(fromStart: false, trains: false),
                .pruneBodies([TestArchive.deliveryID], reason: "x"),
            ] {
                #expect(throws: ArchiveError.closed) { try Self.run(job, open) }
            }
        }
    }
}
