import ArchiveTestKit
import Crypto
import Deliveries
import Foundation
import GRDB
import TestKit
import Testing

@testable import Journal

/// Tests that the chain reveals changes by other programs.
@Suite(.offPool) struct ChainTests {
    private static func breaks(at position: Int64) -> String {
        "entry \(position): the chain breaks here; this entry or the previous entry was changed"
    }

    /// Verifies four deliveries after running `sql` without constraints.
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
        "verification finds a changed column at its entry",
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

    private static func digest(_ text: String) -> String {
        Hex.encode(Array(SHA256.hash(data: Array(text.utf8))))
    }

    /// Changes to the file, each with the expected findings.
    private static let changes: [(sql: String, findings: [String])] = [
        (
            "UPDATE entry SET body = CAST('body 9' AS BLOB) WHERE position = 3",
            ["entry 3: the stored body does not match its SHA-256"]
        ),
        (
            "UPDATE entry SET body = CAST('body 9' AS BLOB), bodySHA256 = x'\(digest("body 9"))' WHERE position = 3",
            [breaks(at: 3)]
        ),
        (
            """
            UPDATE entry SET byteCount = 7, body = CAST('body 33' AS BLOB), bodySHA256 = x'\(digest("body 33"))'
            WHERE position = 3
            """, [breaks(at: 3)]
        ),
        ("UPDATE origin SET source = 'certn'", (1...4).map(breaks)),
        ("UPDATE origin SET verification = 'failed'", (1...4).map(breaks)),
        ("UPDATE origin SET secretName = NULL", (1...4).map(breaks)),
        ("UPDATE origin SET secretName = ''", (1...4).map(breaks)),
        ("DELETE FROM entry WHERE position = 2", ["entries 2 to 2 are missing", breaks(at: 3)]),
        (
            "DELETE FROM entry WHERE position = 2; UPDATE entry SET position = position - 1 WHERE position > 2",
            [breaks(at: 2), breaks(at: 3)]
        ),
        (
            "INSERT INTO gap SELECT 2, 2, chain, 1 FROM entry WHERE position = 2; DELETE FROM entry WHERE position = 2",
            ["entries 2 to 2 were removed, but no record of the removal exists"]
        ),
        (
            "INSERT INTO gap SELECT 2, 2, chain, 3 FROM entry WHERE position = 2; DELETE FROM entry WHERE position = 2",
            ["entries 2 to 2 were removed, but no record of the removal exists"]
        ),
        (
            """
            UPDATE entry SET position = 9 WHERE position = 2; UPDATE entry SET position = 2 WHERE position = 3;
            UPDATE entry SET position = 3 WHERE position = 9
            """, [breaks(at: 2), breaks(at: 3), breaks(at: 4)]
        ),
        (
            "UPDATE entry SET uuid = zeroblob(16) WHERE position = 1; DELETE FROM entry WHERE position = 3",
            [breaks(at: 1), "entries 3 to 3 are missing", breaks(at: 4)]
        ),
    ]

    @Test("verification finds each change, and sorts the findings by position", arguments: changes)
    func change(sql: String, findings: [String]) async throws {
        #expect(try await Self.verify(after: sql).findings == findings)
    }

    @Test("verification finds an inserted entry", arguments: [1, 3, 5] as [Int64])
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

    @Test("the end of the chain is the last position and its hash, or 0 and zeros for an empty journal")
    func end() async throws {
        let verification = try await Self.verify(after: "SELECT 1")
        #expect(verification.end.position == 4)
        #expect(verification.end.chain.count == 32)
        try await TestArchive.withWriter { writer throws in
            #expect(try writer.reader().verify().end == Self.start)
        }
    }

    private static let start = ChainMark(position: 0, chain: [UInt8](repeating: 0, count: 32))

    @Test("earlier marks match after more entries were added, even the mark of an empty journal")
    func rightMark() async throws {
        try await TestArchive.withWriter { writer in
            try await writer.commitAll([.fixture(), .fixture()])
            let reader = try writer.reader()
            let mark = try reader.verify().end
            try await writer.commitAll([.fixture()])
            for mark in [Self.start, mark] { #expect(try reader.verify(against: mark).findings == []) }
        }
    }

    @Test("verification with a mark finds a different chain and a removed last entry")
    func wrongMark() async throws {
        let changed = try await Self.verify(after: "SELECT 1") {
            ChainMark(position: $0.end.position, chain: $0.end.chain.reversed())
        }
        #expect(changed.findings == ["entry 4: its hash differs from the mark"])
        let cutOff = try await Self.verify(after: "DELETE FROM entry WHERE position = 4") { $0.end }
        #expect(cutOff.findings == ["entry 4 is missing, so its hash cannot be compared"])
    }

    @Test("the chain continues after reopening the journal, after a failure and after a record")
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
