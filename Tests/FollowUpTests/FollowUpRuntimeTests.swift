import CallboxConfiguration
import CallboxServer
import Deliveries
import Foundation
import Journal
import Logging
import NIOPosix
import Providers
import ReportIndex
import ServerTestKit
import TestKit
import Testing

@testable import FollowUp

@Suite("Follow-up cursor", .offPool)
struct FollowUpRuntimeTests {
    private struct Bench {
        let open: OpenArchive
        let runtime: FollowUpRuntime
        let plan: FollowUpPlan

        static func uuid(_ seed: UInt64) -> String {
            "66502e69-65fd-4bca-a2d5-00000000000\(seed)"
        }

        /// Commits a redirect that contains an EZiD code.
        func deliver(_ seed: UInt64) throws {
            let claims = #"{"uuid":"\#(Self.uuid(seed))","iat":1793620800,"exp":1793624400}"#
            let code = "eyJhbGciOiJIUzI1NiJ9.\(Data(claims.utf8).base64EncodedString().replacing("=", with: "")).c2ln"
            let request = InboundRequest.fixture(method: "GET", target: "/ezid/auth?code=\(code)", body: "")
            let delivery = ArchivedDelivery.fixture(
                source: "ezid", request: request, verification: .unverified, secretName: nil)
            try open.writer.append([.delivery(EncodedDelivery(delivery, seed: 100 + seed))], at: .fixture)
            try open.indexEverything()
        }

        func orderCalls() async throws {
            try await runtime.orderCalls(plan, open.reader())
            try open.indexEverything()
        }

        func subjects() throws -> [String] {
            try open.reader().followUps().map(\.followUp.order.subject).sorted()
        }

        /// Deletes the follow-ups from the index and derives them again from the records of the journal.
        func rebuild() throws {
            try open.indexer.moveFollowUpCursor(to: 0)
            try open.indexer.reindex()
            try open.indexEverything()
        }
    }

    private static func with(_ body: (Bench) async throws -> Void) async throws {
        try await TestArchive.with { archive in
            var configuration = try archive.configuration()
            configuration.apis = try ConfigurationFile.parse("apis: {ezid: {follow-up: true}}", file: "c.yaml").apis
            let settled = configuration
            let pool = NIOThreadPool(numberOfThreads: 1)
            pool.start()
            try await archive.opened { open in
                let runtime = FollowUpRuntime(
                    archive: open, configuration: settled, pool: pool,
                    logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, now: { .fixture },
                    describe: { "\($0)" })
                try await body(Bench(open: open, runtime: runtime, plan: FollowUpPlan(settled)))
            }
            try await pool.shutdownGracefully()
        }
    }

    @Test("deliveries from before the first start are ignored, and each later delivery leads to one order")
    func begins() async throws {
        try await Self.with { bench in
            try bench.deliver(1)
            await bench.runtime.prepare()
            try await bench.orderCalls()
            #expect(try bench.subjects().isEmpty)
            try bench.deliver(2)
            try await bench.orderCalls()
            try await bench.orderCalls()
            #expect(try bench.subjects() == [Bench.uuid(2)])
        }
    }

    @Test("a rebuilt index does not order follow-ups of earlier deliveries again")
    func rebuilt() async throws {
        try await Self.with { bench in
            try bench.deliver(1)
            await bench.runtime.prepare()
            try bench.deliver(2)
            try await bench.orderCalls()
            await bench.runtime.finish()
            let end = try JournalInfo(bench.open.directory.journal).end?.position
            try bench.rebuild()
            await bench.runtime.prepare()
            try await bench.orderCalls()
            #expect(try bench.subjects() == [Bench.uuid(2)])
            #expect(try JournalInfo(bench.open.directory.journal).end?.position == end)
        }
    }

    @Test("follow-up orders that a restarted server repeats have no effect")
    func killed() async throws {
        try await Self.with { bench in
            try bench.deliver(1)
            await bench.runtime.prepare()
            try bench.deliver(2)
            try await bench.orderCalls()
            let order = try #require(try bench.open.reader().followUps().first)
            let done = FollowUpAttemptRecord(followUp: order.followUp.id, outcome: .done(nil))
            _ = try bench.open.append([.record(.followUpAttempt(done))])
            try bench.open.indexEverything()
            try bench.rebuild()
            try await bench.orderCalls()
            #expect(try bench.subjects() == [Bench.uuid(2)])
            #expect(try bench.open.reader().followUps().map(\.state) == [.done])
        }
    }
}
