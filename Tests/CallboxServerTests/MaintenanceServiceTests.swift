import BodyCompression
import CallboxConfiguration
import Deliveries
import Journal
import Logging
import Providers
import ServerTestKit
import ServiceLifecycle
import TestKit
import Testing

@testable import CallboxServer
@testable import ReportIndex

@Suite("The maintenance service", .offPool)
struct MaintenanceServiceTests {
    /// Ages are computed at this time, long after the delivery arrived.
    private static let now = Timestamp.fixture.advanced(byMilliseconds: 1_000_000_000)

    private static func service(_ open: OpenArchive, _ logger: Logger) -> ServiceGroup {
        let service = MaintenanceService(
            Maintenance(open), trainsDictionaries: true, logger: logger, report: FailureReport.fixture)
        return ServiceGroup(services: [service], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// Runs maintenance on an archive with one delivery until the log contains a string. Afterwards, stops the
    /// maintenance.
    private static func run(
        _ retention: Retention, until text: String, _ prepare: (OpenArchive) throws -> Void = { _ in },
        then check: (OpenArchive) throws -> Void
    ) async throws {
        try await TestArchive.with { archive in
            try await archive.opened(isServed: true, retention: { retention }, now: { now }) { open in
                try prepare(open)
                let (lines, said) = AsyncStream.makeStream(of: String.self)
                let group = service(open, RecordedLog { said.yield($0) }.logger())
                try await withThrowingTaskGroup { tasks in
                    tasks.addTask {
                        defer { said.finish() }
                        try await group.run()
                    }
                    _ = await lines.first { $0.contains(text) }
                    await group.triggerGracefulShutdown()
                    try await tasks.waitForAll()
                }
                try check(open)
            }
        }
    }

    @Test("confirmed retention settings apply at the next run, and the log contains the number of removals")
    func prunes() async throws {
        let retention = Retention.keeping(.seconds(1))
        let confirm = { (open: OpenArchive) throws in try open.archiveRetention(isConfirmed: true) }
        try await Self.run(retention, until: "pruned bodies=1 bytes=", confirm) { open throws in
            #expect(throws: ArchiveError.self) { try open.reader().delivery(TestArchive.deliveryID) }
        }
    }

    @Test("unconfirmed retention settings wait; the log contains the time when they apply and the command to confirm")
    func waits() async throws {
        let text =
            "actsAt=\(Self.now.advanced(byMilliseconds: 86_400_000).rfc3339) confirmWith=callbox archive prune --yes"
        try await Self.run(.keeping(.seconds(1)), until: text) { open throws in
            #expect(try open.reader().delivery(TestArchive.deliveryID) != nil)
        }
    }

    @Test("a failed task is logged, and the other tasks continue")
    func fails() async throws {
        let close = { (open: OpenArchive) throws in open.writer.close() }
        try await Self.run(.keeping(.seconds(1)), until: "maintenance failed", close) { open throws in
            #expect(try open.reader().delivery(TestArchive.deliveryID) != nil)
        }
    }

    @Test("the service stops at once if no task is running")
    func stops() async throws {
        try await TestArchive.with { archive in
            try await archive.opened(isServed: true, now: { Self.now }) { open in
                for _ in 0..<5 {
                    let group = Self.service(open, RecordedLog().logger())
                    await group.triggerGracefulShutdown()
                    try await group.run()
                }
            }
        }
    }
}
