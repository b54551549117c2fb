import ArchiveTestKit
import Crypto
import Deliveries
import Foundation
import GRDB
import TestKit
import Testing

@testable import Journal

/// What the chain shows of a journal that was changed with another program.
@Suite struct ChainTests {
    private static func breaks(at position: Int64) -> String {
        "entry \(position): the chain breaks here; this entry or the one before was changed"
    }

    /// Four deliveries; then `sql` is done to the file by a connection that nothing stops.
    private static func verify(
        after sql: String, against mark: (JournalVerification) -> ChainMark? = { _ in nil }
    ) async throws -> JournalVerification {
        try await TestArchive.withWriter { writer in
            try await writer.commitAll(
                (1...4).map { .fixture(uuid: .numbered($0), target: "/\($0)", body: .raw("body \($0)")) })
            let reader = try writer.reader()
            let before = try reader.verify()
            #expect(before.findings == [])
            try PlainConnection.damage(writer.directory.journal.path, sql)
            return try reader.verify(against: mark(before))
        }
    }

    @Test(
        "an entry of which one column was changed is the first finding",
        arguments: [
            "uuid = zeroblob(16)", "recordedAtMilliseconds = recordedAtMilliseconds + 1",
            "originId = (SELECT max(id) FROM origin)", "chain = zeroblob(32)",
            "salt = zeroblob(16)", #"head = CAST('["POST","/other","192.0.2.1",[]]' AS BLOB)"#,
            "head = CAST(head || ' ' AS BLOB)",
        ], 1...4 as ClosedRange<Int64>)
    func changedColumn(assignment: String, position: Int64) async throws {
        let verification = try await Self.verify(
            after: """
                INSERT INTO origin (type, source, verification, secretName)
                    VALUES ('delivery', 'klavi', 'verified', 'other');
                UPDATE entry SET \(assignment) WHERE position = \(position)
                """)
        #expect(verification.findings.first == Self.breaks(at: position), "\(verification.findings)")
        #expect(verification.deliveryCount == 4)
    }

    @Test("a body that was changed together with its SHA-256 breaks the chain")
    func changedBodyAndDigest() async throws {
        let digest = Hex.encode(Array(SHA256.hash(data: Array("body 9".utf8))))
        let verification = try await Self.verify(
            after: "UPDATE entry SET body = CAST('body 9' AS BLOB), bodySHA256 = x'\(digest)' WHERE position = 3")
        #expect(verification.findings == [Self.breaks(at: 3)])
    }

    @Test("a body that was changed alone is named")
    func changedBody() async throws {
        let verification = try await Self.verify(
            after: "UPDATE entry SET body = CAST('body 9' AS BLOB) WHERE position = 3")
        #expect(verification.findings == ["entry 3: the stored body does not have the SHA-256 of what arrived"])
    }

    @Test("a byte count that was changed together with a raw body's encoding breaks the chain")
    func changedByteCount() async throws {
        let body = [UInt8]("body 33".utf8)
        let digest = Hex.encode(Array(SHA256.hash(data: body)))
        let verification = try await Self.verify(
            after: """
                UPDATE entry SET byteCount = 7, body = CAST('body 33' AS BLOB), bodySHA256 = x'\(digest)' WHERE position = 3
                """)
        #expect(verification.findings == [Self.breaks(at: 3)])
    }

    @Test(
        "origins cannot be changed under their deliveries",
        arguments: ["source = 'certn'", "verification = 'failed'", "secretName = NULL", "secretName = ''"])
    func changedOrigin(assignment: String) async throws {
        let verification = try await Self.verify(after: "UPDATE origin SET \(assignment)")
        #expect(verification.findings == (1...4).map(Self.breaks))
    }

    @Test("a removed entry is missing, and the chain breaks after it")
    func removedEntry() async throws {
        let verification = try await Self.verify(after: "DELETE FROM entry WHERE position = 2")
        #expect(verification.findings == ["entries 2 to 2 are missing", Self.breaks(at: 3)])
        #expect(verification.deliveryCount == 3)
    }

    @Test("a removed entry is found if those after it were renumbered")
    func removedAndRenumbered() async throws {
        let verification = try await Self.verify(
            after: "DELETE FROM entry WHERE position = 2; UPDATE entry SET position = position - 1 WHERE position > 2")
        #expect(verification.findings == [Self.breaks(at: 2), Self.breaks(at: 3)])
    }

    @Test("a removed entry is found if a gap was made up for it", arguments: [1, 3] as [Int64])
    func madeUpGap(record: Int64) async throws {
        let verification = try await Self.verify(
            after: """
                INSERT INTO gap SELECT 2, 2, chain, \(record) FROM entry WHERE position = 2;
                DELETE FROM entry WHERE position = 2
                """)
        #expect(verification.findings == ["entries 2 to 2: they were removed, but no record says so"])
    }

    @Test("entries that changed places are found")
    func swappedEntries() async throws {
        let verification = try await Self.verify(
            after: """
                UPDATE entry SET position = 9 WHERE position = 2;
                UPDATE entry SET position = 2 WHERE position = 3;
                UPDATE entry SET position = 3 WHERE position = 9;
                """)
        #expect(verification.findings == [Self.breaks(at: 2), Self.breaks(at: 3), Self.breaks(at: 4)])
    }

    @Test("an inserted entry is found", arguments: [1, 3, 5] as [Int64])
    func insertedEntry(position: Int64) async throws {
        let verification = try await Self.verify(
            after: """
                UPDATE entry SET position = -position WHERE position >= \(position);
                UPDATE entry SET position = 1 - position WHERE position < 0;
                INSERT INTO entry SELECT \(position), randomblob(16), recordedAtMilliseconds, originId, byteCount, bodySHA256,
                    bodyCommitment, chain, salt, prunedBy, encoding, head, body
                    FROM entry WHERE position <> \(position) ORDER BY position DESC LIMIT 1;
                """)
        #expect(verification.findings.first == Self.breaks(at: position), "\(verification.findings)")
        #expect(verification.deliveryCount == 5)
    }

    @Test("findings are in the order of positions")
    func order() async throws {
        let verification = try await Self.verify(
            after: "UPDATE entry SET uuid = zeroblob(16) WHERE position = 1; DELETE FROM entry WHERE position = 3")
        #expect(verification.findings == [Self.breaks(at: 1), "entries 3 to 3 are missing", Self.breaks(at: 4)])
    }

    @Test("the end of the chain is the last entry and its hash; that of an empty journal is 0 and zeros")
    func end() async throws {
        let verification = try await Self.verify(after: "SELECT 1")
        #expect(verification.end.position == 4)
        #expect(verification.end.chain.count == 32)
        try await TestArchive.withWriter { writer in
            let empty = try writer.reader().verify().end
            #expect(empty == ChainMark(position: 0, chain: [UInt8](repeating: 0, count: 32)))
        }
    }

    @Test("a mark that was noted down still holds after more entries")
    func rightMark() async throws {
        try await TestArchive.withWriter { writer in
            try await writer.commitAll([.fixture(), .fixture()])
            let reader = try writer.reader()
            let mark = try reader.verify().end
            try await writer.commitAll([.fixture()])
            #expect(try reader.verify(against: mark).findings == [])
        }
    }

    @Test("a mark that differs is a finding, however sound the chain is")
    func wrongMark() async throws {
        let verification = try await Self.verify(after: "SELECT 1") {
            ChainMark(position: $0.end.position, chain: $0.end.chain.reversed())
        }
        #expect(verification.findings == ["entry 4: its hash differs from the one that was noted down"])
    }

    @Test("a journal whose end was cut off is sound alone, and found with a mark")
    func cutOff() async throws {
        let sql = "DELETE FROM entry WHERE position = 4"
        #expect(try await Self.verify(after: sql).findings == [])
        let verification = try await Self.verify(after: sql) { $0.end }
        #expect(verification.findings == ["entry 4: it is missing, so its hash cannot be compared"])
    }

    @Test("the mark of an empty journal holds for every journal")
    func emptyMark() async throws {
        let start = ChainMark(position: 0, chain: [UInt8](repeating: 0, count: 32))
        #expect(try await Self.verify(after: "SELECT 1") { _ in start }.findings == [])
    }

    @Test("the chain continues after the journal was opened again, after a failure and after a record")
    func continuation() async throws {
        try await TestArchive.withDirectory { directory in
            try await TestArchive.withWriter(at: directory) { try await $0.commitAll([.fixture(), .fixture()]) }
            try await TestArchive.withWriter(at: directory) { writer in
                try await writer.commitAll([.fixture()])
                #expect(await writer.outcome(of: .fixture(source: "")).rejection == .storageFailed)
                try await writer.commitAll([.fixture(source: "other")])
                #expect(try writer.append(.holdRelease(HoldReleaseRecord(hold: 1)), at: .fixture) == 5)
                try await writer.commitAll([.fixture()])
            }
            let verification = try JournalReader(directory.journal).verify()
            #expect(verification.findings == [])
            #expect(verification.deliveryCount == 5)
            #expect(verification.recordCount == 1)
        }
    }
}
