import ArchiveTestKit
import Deliveries
import GRDB
import TestKit
import Testing

@testable import Journal

@Suite(.offPool) struct StorageFailureTests {
    @Test("with a full disk, deliveries are rejected with 'storage full', and later positions have no gap")
    func fullDisk() async throws {
        try await TestArchive.withWriter { writer, failures in
            try await writer.commitAll([.fixture()])
            // Simulates a full disk with SQLite's page limit, which lasts as long as the connection.
            try writer.withDatabase { db in
                let pageCount = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
                try db.execute(sql: "PRAGMA max_page_count = \(pageCount)")
            }
            let large = EncodedDelivery.fixture(body: .raw([UInt8](repeating: 7, count: 100_000)))
            #expect(await writer.outcome(of: large).rejection == .storageFull)
            #expect(failures.all == [.storageFull])
            #expect(await writer.outcome(of: large).id == 2)
            #expect(failures.all == [.storageFull])
            #expect(try writer.reader().verify().findings == [])
        }
    }

    @Test("while the file is locked, deliveries are rejected with 'storage failed'")
    func lockedFile() async throws {
        try await TestArchive.withWriter { writer, failures in
            try await writer.commitAll([.fixture()])
            try writer.withDatabase { try $0.execute(sql: "PRAGMA busy_timeout = 0") }
            try await PlainConnection.whileLocking(writer.directory.journal.path) {
                #expect(await writer.outcome(of: .fixture()).rejection == .storageFailed)
            }
            #expect(failures.all == [.heldByAnother(path: writer.directory.journal.path, processID: nil)])
            #expect(await writer.outcome(of: .fixture()).id == 2)
        }
    }

    @Test("only the delivery that violates the schema is rejected, and the rest of its batch is stored without a gap")
    func oneBadDelivery() async throws {
        try await TestArchive.withWriter { writer, failures in
            let held = try writer.hold()
            let (outcomes, finished) = AsyncStream.makeStream(of: String.self)
            for source in ["klavi", "certn", "", "ezid"] {
                writer.commit(.fixture(source: source)) { outcome in
                    finished.yield("\(source) \(outcome.id.map(String.init) ?? outcome.rejection?.rawValue ?? "")")
                }
            }
            held.release()
            writer.close()
            finished.finish()
            #expect(
                await outcomes.reduce(into: []) { $0.append($1) } == [
                    "klavi 1", "certn 2", " storage failed", "ezid 3",
                ])
            let constraint = ArchiveError.storageFailed(code: ResultCode.SQLITE_CONSTRAINT_CHECK.rawValue)
            #expect(failures.all == [constraint, constraint])
            let check = try writer.reader().verify()
            #expect(check.deliveryCount == 3)
        }
    }

    @Test("only the second delivery with the same UUID is rejected, and the rest of its batch is stored")
    func repeatedUUID() async throws {
        try await TestArchive.withWriter { writer, failures async throws in
            let held = try writer.hold()
            let (outcomes, responded) = AsyncStream.makeStream(of: Int64?.self)
            for number in [1, 2, 1, 3] as [UInt64] {
                writer.commit(.fixture(uuid: .numbered(number))) { responded.yield($0.id) }
            }
            held.release()
            writer.close()
            responded.finish()
            #expect(await outcomes.reduce(into: []) { $0.append($1) } == [1, 2, nil, 3])
            let repeated = ArchiveError.alreadyRecorded(uuid: UUIDv7.numbered(1).description)
            #expect(failures.all == [repeated, repeated])
            #expect(try writer.reader().verify().deliveryCount == 3)
        }
    }

    @Test("a delivery is not acknowledged if its row was discarded without an error")
    func droppedRow() async throws {
        try await TestArchive.withWriter { writer, failures in
            try await writer.commitAll([.fixture()])
            // This trigger makes SQLite report success for the INSERT without storing the row. The trigger lasts as
            // long as the connection.
            try writer.withDatabase { db in
                try db.execute(
                    sql: "CREATE TEMP TRIGGER drops BEFORE INSERT ON main.entry BEGIN SELECT RAISE(IGNORE); END")
            }
            #expect(await writer.outcome(of: .fixture()).rejection == .storageFailed)
            #expect(
                failures.all == [.damaged("an entry was not stored, although SQLite reported no error")])
            #expect(await writer.outcome(of: .fixture()).id == 2)
            #expect(try writer.reader().verify().deliveryCount == 2)
        }
    }

    /// Failures after which the contents of the disk are unknown.
    static let doubtfulFailures = [
        DatabaseError(resultCode: .SQLITE_IOERR_FSYNC), DatabaseError(resultCode: .SQLITE_IOERR_WRITE),
        DatabaseError(resultCode: .SQLITE_FULL), DatabaseError(resultCode: .SQLITE_CORRUPT),
    ]

    @Test(
        "after a failed sync or write, no delivery is acknowledged until the log can be restarted",
        arguments: doubtfulFailures.indices)
    func suspectLog(index: Int) async throws {
        try await TestArchive.withWriter { writer, failures in
            let path = writer.directory.journal.path
            try await writer.commitAll([.fixture(target: "/before")])
            // The reader stays open, because SQLite deletes a log that no connection uses.
            let reader = try writer.reader()
            try await PlainConnection.whileReading(path) {
                #expect(throws: ArchiveError.self) {
                    try writer.withDatabase { _ -> Int in throw Self.doubtfulFailures[index] }
                }
                for _ in 0..<3 {
                    #expect(await writer.outcome(of: .fixture(target: "/meanwhile")).rejection == .storageFailed)
                }
                #expect(throws: ArchiveError.logNotRestarted(path: path)) {
                    try writer.append(.holdRelease(HoldReleaseRecord(hold: 1)), at: .fixture)
                }
            }
            #expect(failures.all == Array(repeating: .logNotRestarted(path: path), count: 3))
            #expect(writer.directory.journal.logByteCount > 0)
            #expect(await writer.outcome(of: .fixture(target: "/after")).id == 2)
            #expect(try reader.verify().findings == [])
            #expect(try reader.delivery(2)?.request.target.text == "/after")
        }
    }

    @Test("if a failure does not affect the log, readers do not delay deliveries", arguments: ["lock", "SQL"])
    func trustedLog(failure: String) async throws {
        try await TestArchive.withWriter { writer, _ in
            let path = writer.directory.journal.path
            try await writer.commitAll([.fixture()])
            try await PlainConnection.whileReading(path) {
                #expect(throws: ArchiveError.self) {
                    try writer.withDatabase { _ -> Int in
                        throw DatabaseError(resultCode: failure == "lock" ? .SQLITE_BUSY : .SQLITE_ERROR)
                    }
                }
                #expect(await writer.outcome(of: .fixture()).id == 2)
            }
        }
    }

    @Test("an entry that another connection added is not overwritten, and the next position follows it")
    func foreignRow() async throws {
        try await TestArchive.withWriter { writer, failures in
            try await writer.commitAll([.fixture(target: "/first")])
            try PlainConnection.open(writer.directory.journal.path) { db in
                try db.execute(
                    sql: """
                        INSERT INTO entry SELECT 2, randomblob(16), recordedAtMilliseconds, originId, byteCount, bodySHA256,
                            bodyCommitment, chain, salt, prunedBy, encoding,
                            CAST('["POST","/foreign","192.0.2.1",[]]' AS BLOB), body FROM entry
                        """)
            }
            #expect(await writer.outcome(of: .fixture(target: "/second")).rejection == .storageFailed)
            #expect(failures.all.count == 1)
            #expect(await writer.outcome(of: .fixture(target: "/third")).id == 3)
            let reader = try writer.reader()
            let targets = try (Int64(1)...3).map { try reader.delivery($0)?.request.target.text }
            #expect(targets == ["/first", "/foreign", "/third"])
        }
    }

    @Test("a transaction that a job leaves open is rolled back, and the next delivery is accepted")
    func openTransaction() async throws {
        try await TestArchive.withWriter { writer, failures in
            try await writer.commitAll([.fixture()])
            #expect(throws: ArchiveError.self) {
                try writer.withDatabase { db in
                    try db.execute(sql: "BEGIN IMMEDIATE; INSERT INTO progress (name, position) VALUES ('x', 1)")
                }
            }
            #expect(await writer.outcome(of: .fixture()).id == 2)
            #expect(failures.all == [])
            #expect(try writer.reader().number("SELECT count(*) FROM progress") == 0)
        }
    }

    @Test("work on a closed archive is rejected as closed")
    func jobAfterClosing() async throws {
        try await TestArchive.withDirectory { directory in
            let writer = try JournalWriter(directory)
            writer.close()
            #expect(throws: ArchiveError.closed) { try writer.withDatabase { _ in 0 } }
        }
    }
}
