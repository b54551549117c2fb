import Deliveries
import GRDB
import ReportArchive
import TestKit
import Testing

@Suite struct ArchiveCheckTests {
    /// Three deliveries, projected; then `sql` is done to the file by a connection that the triggers do not stop.
    private static func withDamage(_ sql: String, _ body: (ArchiveReader) throws -> Void) async throws {
        try await TestArchive.withWriter { writer in
            try await writer.commitAll([
                .fixture(target: "/a"), .fixture(target: "/b", body: .compressed), .fixture(target: "/c"),
            ])
            try Projector.byTarget(writer).catchUp()
            try PlainConnection.open(writer.location) { db in
                try db.execute(sql: "PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON")
                try db.execute(sql: "DROP TRIGGER journalIsNeverChanged; DROP TRIGGER journalIsNeverCut")
                try db.execute(sql: sql)
            }
            try body(ArchiveReader(writer.location))
        }
    }

    /// Damage to delivery 2 and what is said of it.
    static let damages: [(sql: String, finding: String)] = [
        (
            "UPDATE journal SET bodySHA256 = zeroblob(32) WHERE id = 2",
            "the stored body does not have the SHA-256 of what arrived"
        ),
        ("UPDATE body SET bytes = x'00' WHERE journalId = 2", "the stored body does not decompress"),
        ("UPDATE body SET bytes = substr(bytes, 1, 20) WHERE journalId = 2", "the stored body does not decompress"),
        (
            "UPDATE body SET bytes = CAST(bytes || x'00' AS BLOB) WHERE journalId = 2",
            "the stored body does not decompress"
        ),
        ("UPDATE journal SET bodyByteCount = 1010 WHERE id = 2", "the stored body does not decompress"),
        ("UPDATE journal SET bodyByteCount = 1012 WHERE id = 2", "the stored body does not decompress"),
        ("UPDATE journal SET bodyByteCount = -1 WHERE id = 2", "the stored body does not decompress"),
        (
            "UPDATE journal SET bodyByteCount = 9223372036854775807 WHERE id = 2",
            "the stored body does not decompress"
        ),
        (
            "UPDATE body SET encoding = 'raw' WHERE journalId = 2",
            "the stored body has 27 bytes where 1011 arrived"
        ),
        ("UPDATE body SET encoding = 'zstd' WHERE journalId = 2", "the stored body is not there"),
        ("UPDATE body SET encoding = 'same', sameAs = 9 WHERE journalId = 2", "the stored body is not there"),
        ("DELETE FROM body WHERE journalId = 2", "a column does not read back"),
        (
            #"UPDATE journal SET head = CAST('["POST","/b","192.0.2.1",[["Host"]]]' AS BLOB) WHERE id = 2"#,
            "the head does not read back"
        ),
        ("UPDATE journal SET head = CAST('[no JSON' AS BLOB) WHERE id = 2", "the head does not read back"),
        ("UPDATE journal SET head = CAST('no JSON' AS BLOB) WHERE id = 2", "the stored head does not decompress"),
        ("UPDATE journal SET head = x'' WHERE id = 2", "the stored head does not decompress"),
        ("UPDATE journal SET uuid = x'00' WHERE id = 2", "a column does not read back"),
        ("UPDATE journal SET originId = 9 WHERE id = 2", "a column does not read back"),
        (
            "INSERT INTO origin VALUES (9, 'klavi', 'perhaps', NULL); UPDATE journal SET originId = 9 WHERE id = 2",
            "a column does not read back"
        ),
        (
            """
            PRAGMA writable_schema = ON;
            UPDATE sqlite_schema SET sql = replace(sql, 'chain BLOB NOT NULL', 'chain BLOB') WHERE name = 'journal';
            PRAGMA writable_schema = RESET;
            UPDATE journal SET chain = NULL WHERE id = 2;
            """, "a column does not read back"
        ),
    ]

    @Test("a damaged delivery is found by the check, and reading it fails with the same words", arguments: damages)
    func damagedDelivery(sql: String, finding: String) async throws {
        try await Self.withDamage(sql) { reader in
            let sentence = "delivery 2: \(finding)"
            let check = try reader.check()
            #expect(check.findings.contains(sentence), "\(check.findings)")
            #expect(check.deliveryCount == 3)
            let failure = #expect(throws: ArchiveReadFailure.self) { try reader.delivery(DeliveryID(rawValue: 2)) }
            guard case .archive(let error) = failure else {
                Issue.record("\(String(describing: failure))")
                return
            }
            #expect(error == .damaged(sentence))
            #expect(try reader.delivery(DeliveryID(rawValue: 3))?.request.target.text == "/c")
        }
    }

    @Test("a sound archive has no findings; deliveries and their bytes are counted")
    func sound() async throws {
        try await Self.withDamage("SELECT 1") { reader in
            var progress: [Int64] = []
            let check = try reader.check { progress.append($0.rawValue) }
            #expect(check.findings == [])
            #expect(check.deliveryCount == 3)
            #expect(check.bodyByteCount == 7 + 1011 + 7)
            #expect(progress == [3])
        }
    }

    @Test("an empty archive is sound")
    func empty() async throws {
        try await TestArchive.withWriter { writer in
            let check = try ArchiveReader(writer.location).check()
            #expect(check.findings == [])
            #expect(check.deliveryCount == 0)
        }
    }

    @Test("deliveries that are not there are named, and so is what still refers to them")
    func gap() async throws {
        try await Self.withDamage("DELETE FROM journal WHERE id < 3") { reader in
            let check = try reader.check()
            #expect(check.findings.contains("deliveries 1 to 2 are not there"))
            #expect(check.findings.contains("table body, row 1: it refers to a row that is not there"))
            #expect(check.deliveryCount == 1)
        }
    }

    @Test("lengths that add up to more than 64 bits are findings like any other")
    func hugeLengths() async throws {
        let sql = "UPDATE body SET encoding = 'zlib'; UPDATE journal SET bodyByteCount = 9223372036854775807"
        try await Self.withDamage(sql) { reader in
            let check = try reader.check()
            #expect(check.findings.count { $0.hasSuffix("the stored body does not decompress") } == 3)
            #expect(check.bodyByteCount == 0)
        }
    }

    @Test("an index that lacks a row is found")
    func damagedIndex() async throws {
        let sql = """
            PRAGMA writable_schema = ON;
            UPDATE sqlite_schema SET sql = 'CREATE INDEX reportByCategory ON report (lastJournalId, id)'
                WHERE name = 'reportByCategory';
            """
        try await Self.withDamage(sql) { reader in
            let findings = try reader.check().findings
            #expect(findings.contains { $0.hasPrefix("SQLite: row 1 missing from index reportByCategory") })
        }
    }

    @Test("no more than a hundred findings are told")
    func findingLimit() async throws {
        try await TestArchive.withWriter { writer in
            let (answers, answered) = AsyncStream.makeStream(of: Void.self)
            for _ in 0..<150 { writer.commit(.fixture()) { _ in answered.yield() } }
            for await _ in answers.prefix(150) {}
            try PlainConnection.open(writer.location) { db in
                try db.execute(sql: "DROP TRIGGER journalIsNeverChanged; UPDATE journal SET bodySHA256 = zeroblob(32)")
            }
            let check = try ArchiveReader(writer.location).check()
            #expect(check.findings.count == 100)
            #expect(check.deliveryCount == 150)
        }
    }
}
