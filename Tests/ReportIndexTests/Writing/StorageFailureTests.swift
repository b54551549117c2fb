import Deliveries
import GRDB
import Synchronization
import TestKit
import Testing

@testable import ReportArchive

@Suite struct StorageFailureTests {
    @Test("a full disk refuses deliveries as storage full; with room again the numbering goes on without a gap")
    func fullDisk() async throws {
        try await Self.withWatchedWriter { writer, failures in
            try await writer.commitAll([.fixture()])
            // SQLite's own limit stands in for the disk's; it is gone with the connection.
            try writer.perform { db in
                let pageCount = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
                try db.execute(sql: "PRAGMA max_page_count = \(pageCount)")
            }
            let large = SealedDelivery.fixture(body: .raw([UInt8](repeating: 7, count: 100_000)))
            #expect(await writer.outcome(of: large).refusal == .storageFull)
            #expect(failures.all == [.storageFull])
            #expect(await writer.outcome(of: large).id == 2)
            #expect(failures.all == [.storageFull])
            #expect(try ArchiveReader(writer.location).check().findings == [])
        }
    }

    @Test("a locked file refuses deliveries as storage failed, and takes them again once the lock is gone")
    func lockedFile() async throws {
        try await Self.withWatchedWriter { writer, failures in
            try await writer.commitAll([.fixture()])
            try writer.perform { try $0.execute(sql: "PRAGMA busy_timeout = 0") }
            try await PlainConnection.whileLocking(writer.location) {
                #expect(await writer.outcome(of: .fixture()).refusal == .storageFailed)
            }
            #expect(failures.all == [.heldByAnother(path: writer.location.path, processID: nil)])
            #expect(await writer.outcome(of: .fixture()).id == 2)
        }
    }

    @Test("a delivery that the schema refuses is refused alone; those that waited with it are kept without a gap")
    func oneBadDelivery() async throws {
        try await Self.withWatchedWriter { writer, failures in
            let held = HeldWriter(writer)
            let (outcomes, answered) = AsyncStream.makeStream(of: String.self)
            for source in ["klavi", "certn", "", "ezid"] {
                writer.commit(.fixture(source: source)) { outcome in
                    answered.yield("\(source) \(outcome.id.map(String.init) ?? outcome.refusal?.rawValue ?? "")")
                }
            }
            held.release()
            writer.close()
            answered.finish()
            #expect(
                await outcomes.reduce(into: []) { $0.append($1) } == [
                    "klavi 1", "certn 2", " storage failed", "ezid 3",
                ])
            let constraint = ArchiveError.storageFailed(code: ResultCode.SQLITE_CONSTRAINT_CHECK.rawValue)
            #expect(failures.all == [constraint, constraint])
            let check = try ArchiveReader(writer.location).check()
            #expect(check.deliveryCount == 3)
        }
    }

    @Test("a delivery that another connection wrote meanwhile is not overwritten: the number after it is the next")
    func foreignRow() async throws {
        try await Self.withWatchedWriter { writer, failures in
            try await writer.commitAll([.fixture(target: "/first")])
            try PlainConnection.open(writer.location) { db in
                try db.execute(
                    sql: """
                        INSERT INTO journal SELECT 2, uuid, receivedAtMilliseconds, originId, bodyByteCount, bodySHA256,
                            chain, CAST('["POST","/foreign","192.0.2.1",[]]' AS BLOB) FROM journal;
                        INSERT INTO body SELECT 2, encoding, sameAs, pruningId, bytes FROM body;
                        """)
            }
            #expect(await writer.outcome(of: .fixture(target: "/second")).refusal == .storageFailed)
            #expect(failures.all.count == 1)
            #expect(await writer.outcome(of: .fixture(target: "/third")).id == 3)
            let reader = try ArchiveReader(writer.location)
            let targets = try (1...3).map { try reader.delivery(DeliveryID(rawValue: $0))?.request.target.text }
            #expect(targets == ["/first", "/foreign", "/third"])
        }
    }

    @Test("a job on an archive whose storage failed says so, and later ones work again")
    func jobAfterFailure() async throws {
        try await Self.withWatchedWriter { writer, _ in
            #expect(throws: ArchiveError.storageFailed(code: ResultCode.SQLITE_ERROR.rawValue)) {
                try writer.perform { try $0.execute(sql: "SELECT * FROM nothing") }
            }
            let answer = try writer.perform { try Int.fetchOne($0, sql: "SELECT 5") }
            #expect(answer == 5)
        }
    }

    @Test("a transaction that a job leaves open is undone, and deliveries are accepted at once")
    func openTransaction() async throws {
        try await Self.withWatchedWriter { writer, failures in
            try await writer.commitAll([.fixture()])
            #expect(throws: ArchiveError.self) {
                try writer.perform { db in
                    try db.execute(sql: "BEGIN IMMEDIATE; UPDATE projection SET journalId = 1")
                }
            }
            #expect(await writer.outcome(of: .fixture()).id == 2)
            #expect(failures.all == [])
            let cursor = try writer.perform { try ProjectionTables.cursor($0) }
            #expect(cursor == 0)
        }
    }

    @Test("work on a closed archive is refused as closed")
    func jobAfterClosing() async throws {
        try await TestArchive.withLocation { location in
            let writer = try ArchiveWriter(location)
            writer.close()
            #expect(throws: ArchiveError.closed) { try writer.perform { _ in } }
        }
    }

    private static func withWatchedWriter(_ body: (ArchiveWriter, Failures) async throws -> Void) async throws {
        try await TestArchive.withLocation { location in
            let failures = Failures()
            try await TestArchive.withWriter(at: location, reportFailure: { failures.add($0) }) { writer in
                try await body(writer, failures)
            }
        }
    }

    /// What the writer reported.
    private final class Failures: Sendable {
        private let errors = Mutex<[ArchiveError]>([])

        var all: [ArchiveError] {
            errors.withLock { $0 }
        }

        func add(_ error: ArchiveError) {
            errors.withLock { $0.append(error) }
        }
    }
}
