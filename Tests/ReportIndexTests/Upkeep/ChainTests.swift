import Crypto
import Deliveries
import Foundation
import GRDB
import TestKit
import Testing

@testable import ReportArchive

/// What the chain tells of a journal that somebody changed with another program.
@Suite struct ChainTests {
    private static func breaks(at id: Int64) -> String {
        "delivery \(id): the chain breaks here; this row or the one before was changed"
    }

    /// Four deliveries; then `sql` is done to the file by a connection that nothing stops.
    private static func check(
        after sql: String, against mark: (ArchiveCheck) -> ChainMark? = { _ in nil }
    ) async throws -> ArchiveCheck {
        try await TestArchive.withWriter { writer in
            try await writer.commitAll(
                (1...4).map { .fixture(uuid: .numbered($0), target: "/\($0)", body: .raw("body \($0)")) })
            let reader = try ArchiveReader(writer.location)
            let before = try reader.check()
            #expect(before.findings == [])
            try PlainConnection.open(writer.location) { db in
                try db.execute(sql: "PRAGMA foreign_keys = OFF")
                try db.execute(sql: "DROP TRIGGER journalIsNeverChanged; DROP TRIGGER journalIsNeverCut")
                try db.execute(sql: sql)
            }
            return try reader.check(against: mark(before))
        }
    }

    @Test(
        "a row of which one column was changed is the first that the check names",
        arguments: [
            "uuid = zeroblob(16)", "receivedAtMilliseconds = receivedAtMilliseconds + 1",
            "originId = (SELECT max(id) FROM origin)", "bodyByteCount = bodyByteCount + 1",
            "bodySHA256 = zeroblob(32)", "chain = zeroblob(32)",
            #"head = CAST('["POST","/other","192.0.2.1",[]]' AS BLOB)"#, "head = CAST(head || ' ' AS BLOB)",
        ], 1...4 as ClosedRange<Int64>)
    func changedColumn(assignment: String, id: Int64) async throws {
        let check = try await Self.check(
            after: """
                INSERT INTO origin (source, verification, secretName) VALUES ('klavi', 'verified', 'other');
                UPDATE journal SET \(assignment) WHERE id = \(id)
                """)
        #expect(check.findings.first == Self.breaks(at: id), "\(check.findings)")
        #expect(check.deliveryCount == 4)
    }

    @Test(
        "what vouched for deliveries cannot be changed behind them",
        arguments: ["source = 'certn'", "verification = 'failed'", "secretName = NULL", "secretName = ''"])
    func changedOrigin(assignment: String) async throws {
        let check = try await Self.check(after: "UPDATE origin SET \(assignment)")
        #expect(check.findings == (1...4).map(Self.breaks))
    }

    @Test("a row that was removed is missing, and the chain breaks after it")
    func removedRow() async throws {
        let check = try await Self.check(
            after: "DELETE FROM journal WHERE id = 2; DELETE FROM body WHERE journalId = 2")
        #expect(check.findings == ["deliveries 2 to 2 are not there", Self.breaks(at: 3)])
        #expect(check.deliveryCount == 3)
    }

    @Test("a row that was removed shows where those after it were given its numbers")
    func removedAndRenumbered() async throws {
        let check = try await Self.check(
            after: """
                DELETE FROM journal WHERE id = 2; DELETE FROM body WHERE journalId = 2;
                UPDATE journal SET id = id - 1 WHERE id > 2; UPDATE body SET journalId = journalId - 1 WHERE journalId > 2
                """)
        #expect(check.findings == [Self.breaks(at: 2), Self.breaks(at: 3)])
    }

    @Test("rows that changed places show, from the first of them on")
    func swappedRows() async throws {
        let check = try await Self.check(
            after: """
                UPDATE journal SET id = 9 WHERE id = 2; UPDATE body SET journalId = 9 WHERE journalId = 2;
                UPDATE journal SET id = 2 WHERE id = 3; UPDATE body SET journalId = 2 WHERE journalId = 3;
                UPDATE journal SET id = 3 WHERE id = 9; UPDATE body SET journalId = 3 WHERE journalId = 9;
                """)
        #expect(check.findings == [Self.breaks(at: 2), Self.breaks(at: 3), Self.breaks(at: 4)])
    }

    @Test("a row that was slipped in shows", arguments: [1, 3, 5] as [Int64])
    func insertedRow(id: Int64) async throws {
        let shift = ["journal", "body"].map { (table) -> String in
            let key = table == "body" ? "journalId" : "id"
            return """
                UPDATE \(table) SET \(key) = -\(key) WHERE \(key) >= \(id);
                UPDATE \(table) SET \(key) = 1 - \(key) WHERE \(key) < 0;
                """
        }.joined(separator: "\n")
        let check = try await Self.check(
            after: """
                PRAGMA ignore_check_constraints = ON;
                \(shift)
                INSERT INTO journal SELECT \(id), uuid, receivedAtMilliseconds, originId, bodyByteCount, bodySHA256, chain, head
                    FROM journal WHERE id <> \(id) ORDER BY id DESC LIMIT 1;
                INSERT INTO body SELECT \(id), encoding, sameAs, pruningId, bytes
                    FROM body WHERE journalId <> \(id) ORDER BY journalId DESC LIMIT 1;
                """)
        #expect(check.findings.first == Self.breaks(at: id), "\(check.findings)")
        #expect(check.deliveryCount == 5)
    }

    @Test("a body that was changed, with its digest left as it was, is named")
    func changedBody() async throws {
        let check = try await Self.check(after: "UPDATE body SET bytes = CAST('body 9' AS BLOB) WHERE journalId = 3")
        #expect(check.findings == ["delivery 3: the stored body does not have the SHA-256 of what arrived"])
    }

    @Test("what is found is told in the order of the deliveries")
    func order() async throws {
        let check = try await Self.check(
            after: """
                UPDATE journal SET uuid = zeroblob(16) WHERE id = 1;
                DELETE FROM journal WHERE id = 3; DELETE FROM body WHERE journalId = 3
                """)
        #expect(check.findings == [Self.breaks(at: 1), "deliveries 3 to 3 are not there", Self.breaks(at: 4)])
    }

    @Test("the end of the chain is the last delivery and its hash; that of an empty archive is no delivery and zeros")
    func end() async throws {
        let check = try await Self.check(after: "SELECT 1")
        #expect(check.end.id.rawValue == 4)
        #expect(check.end.chain.count == 32)
        try await TestArchive.withWriter { writer in
            let empty = try ArchiveReader(writer.location).check().end
            #expect(empty == ChainMark(id: DeliveryID(rawValue: 0), chain: [UInt8](repeating: 0, count: 32)))
        }
    }

    @Test("a hash that was noted down still holds after more has come")
    func rightMark() async throws {
        try await TestArchive.withWriter { writer in
            try await writer.commitAll([.fixture(), .fixture()])
            let reader = try ArchiveReader(writer.location)
            let mark = try reader.check().end
            try await writer.commitAll([.fixture()])
            #expect(try reader.check(against: mark).findings == [])
        }
    }

    @Test("a hash that is another than the one noted down is a finding, however sound the chain is")
    func wrongMark() async throws {
        let check = try await Self.check(after: "SELECT 1") { ChainMark(id: $0.end.id, chain: $0.end.chain.reversed()) }
        #expect(check.findings == ["delivery 4: its hash is not the one that was noted down"])
    }

    @Test("a journal whose end was cut off is sound by itself, and found by what was noted down")
    func cutOff() async throws {
        let sql = "DELETE FROM journal WHERE id = 4; DELETE FROM body WHERE journalId = 4"
        #expect(try await Self.check(after: sql).findings == [])
        let check = try await Self.check(after: sql) { $0.end }
        #expect(check.findings == ["delivery 4: it is not there, so its hash cannot be compared"])
    }

    @Test("the mark of an empty archive holds for every archive")
    func emptyMark() async throws {
        let start = ChainMark(id: DeliveryID(rawValue: 0), chain: [UInt8](repeating: 0, count: 32))
        #expect(try await Self.check(after: "SELECT 1") { _ in start }.findings == [])
    }

    @Test("the hash is made of what storage/README.md says, in its order")
    func formula() {
        func bytes(_ value: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: value.bigEndian, Array.init) }
        let previous = [UInt8](repeating: 1, count: 32)
        let body = [UInt8](repeating: 2, count: 32)
        let head = [UInt8](repeating: 3, count: 32)
        for secretName in ["primary", "", nil] {
            var input = previous + bytes(Int64(258)) + bytes(Int64(-1)) + bytes(Int64(77)) + UUIDv7.fixture.bytes
            input += body + head + bytes(UInt32(6)) + Array("klaví".utf8) + bytes(UInt32(7)) + Array("expired".utf8)
            input += bytes(secretName.map { UInt32($0.utf8.count) } ?? .max) + Array((secretName ?? "").utf8)
            var hash = ChainHash()
            let link = hash.next(
                after: previous, id: 258, receivedAt: Timestamp(millisecondsSinceEpoch: -1), bodyByteCount: 77,
                uuid: .fixture, bodySHA256: body, headSHA256: head, source: "klaví", verification: "expired",
                secretName: secretName)
            #expect(link == Array(SHA256.hash(data: input)))
        }
    }

    @Test("the chain goes on where it ended after the archive was opened anew, after a failure and after a promotion")
    func continuation() async throws {
        try await TestArchive.withLocation { location in
            try await TestArchive.withWriter(at: location) { try await $0.commitAll([.fixture(), .fixture()]) }
            try await TestArchive.withWriter(at: location) { writer in
                try await writer.commitAll([.fixture()])
                #expect(await writer.outcome(of: .fixture(source: "")).refusal == .storageFailed)
                try await writer.commitAll([.fixture(source: "other")])
                #expect(writer.quarantine(.fixture()))
                _ = try writer.promote(
                    QuarantineID(rawValue: 1), as: .fixture(), at: .fixture, forcedBecause: nil)
                try await writer.commitAll([.fixture()])
            }
            let check = try ArchiveReader(location).check()
            #expect(check.findings == [])
            #expect(check.deliveryCount == 6)
        }
    }
}
