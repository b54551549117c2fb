import ArchiveTestKit
import Deliveries
import GRDB
import TestKit
import Testing

@testable import Journal

@Suite(.offPool) struct VerificationTests {
    /// Runs `body` with a journal of three deliveries and a record, after running `sql` without constraints.
    private static func withDamage(_ sql: String, _ body: (JournalReader) throws -> Void) async throws {
        try await TestArchive.withWriter { writer in
            try await writer.commitAll([
                .fixture(target: "/a"), .fixture(target: "/b", body: .compressed), .fixture(target: "/c"),
            ])
            try writer.append(.holdRelease(HoldReleaseRecord(hold: 1)), at: .fixture)
            // Opens the reader before the damage, because the damage may affect the schema.
            let reader = try writer.reader()
            try PlainConnection.damage(writer.directory.journal.path, sql)
            try body(reader)
        }
    }

    /// Kinds of damage to entry 2, each with the expected finding.
    static let damages: [(sql: String, finding: String)] = [
        ("bodySHA256 = zeroblob(32)", "the stored body does not match its SHA-256"),
        ("body = x'00'", "the stored body cannot be decompressed"),
        ("body = substr(body, 1, 20)", "the stored body cannot be decompressed"),
        ("body = CAST(body || x'00' AS BLOB)", "the stored body cannot be decompressed"),
        ("byteCount = 1010", "the stored body cannot be decompressed"),
        ("byteCount = 1012", "the stored body cannot be decompressed"),
        ("byteCount = -1", "the stored body cannot be decompressed"),
        ("byteCount = 9223372036854775807", "the stored body cannot be decompressed"),
        ("encoding = 0", "the stored body has 27 bytes, but 1011 arrived"),
        ("encoding = 3", "the stored body is missing"),
        ("encoding = 2", "its summary does not match the prune record"),
        (
            #"head = CAST('["POST","/b","192.0.2.1",[["Host"]]]' AS BLOB)"#, "the head cannot be read"
        ),
        ("head = CAST('[no JSON' AS BLOB)", "the head cannot be read"),
        ("head = CAST('no JSON' AS BLOB)", "the stored head cannot be decompressed"),
        ("head = x''", "the head cannot be read"),
        ("uuid = x'00'", "a column cannot be read"),
        ("originId = 9", "a column cannot be read"),
        ("originId = (SELECT id FROM origin WHERE verification = 'perhaps')", "a column cannot be read"),
        ("chain = NULL", "a column cannot be read"),
    ]

    @Test("damage to a delivery is found, and reading it fails with the same text", arguments: damages)
    func damagedDelivery(assignment: String, finding: String) async throws {
        let sql = """
            INSERT INTO origin (type, source, verification) VALUES ('delivery', 'klavi', 'perhaps');
            PRAGMA writable_schema = ON;
            UPDATE sqlite_schema SET sql = replace(sql, 'chain BLOB NOT NULL', 'chain BLOB') WHERE name = 'entry';
            PRAGMA writable_schema = RESET;
            UPDATE entry SET \(assignment) WHERE position = 2;
            """
        try await Self.withDamage(sql) { reader in
            let sentence = "entry 2: \(finding)"
            let verification = try reader.verify()
            #expect(verification.findings.contains(sentence), "\(verification.findings)")
            #expect(verification.deliveryCount + verification.recordCount == 4)
            if assignment != "encoding = 2" {
                #expect(throws: ArchiveError.damaged(sentence)) { try reader.delivery(2) }
            }
            #expect(try reader.delivery(3)?.request.target.text == "/c")
        }
    }

    @Test(
        "damage to a record is found, and reading it fails with the same text",
        arguments: [
            ("body = x'00', byteCount = 1", "the stored body does not match its SHA-256"),
            ("originId = (SELECT id FROM origin WHERE type = 'prune')", "the record cannot be read"),
            ("originId = (SELECT id FROM origin WHERE type = 'unknown')", "the record cannot be read"),
        ])
    func damagedRecord(assignment: String, finding: String) async throws {
        let sql = """
            INSERT INTO origin (type) VALUES ('prune'), ('unknown');
            UPDATE entry SET \(assignment) WHERE position = 4
            """
        try await Self.withDamage(sql) { reader throws in
            #expect(try reader.verify().findings == ["entry 4: \(finding)"])
            #expect(throws: ArchiveError.damaged("entry 4: \(finding)")) { try reader.record(4) }
        }
    }

    @Test("an intact journal has no findings, and its deliveries, records and bytes are counted")
    func sound() async throws {
        try await Self.withDamage("SELECT 1") { reader in
            var progress: [Int64] = []
            let verification = try reader.verify { progress.append($0) }
            #expect(verification.findings == [])
            #expect(verification.deliveryCount == 3)
            #expect(verification.recordCount == 1)
            #expect(verification.prunedCount == 0)
            #expect(verification.bodyByteCount == 7 + 1011 + 7)
            #expect(progress == [4])
        }
    }

    @Test("missing entries are found, and gaps without a record of the removal")
    func missingEntries() async throws {
        let sql = "DELETE FROM entry WHERE position < 3; INSERT INTO gap SELECT 9, 9, chain, 9 FROM entry LIMIT 1"
        try await Self.withDamage(sql) { reader in
            let verification = try reader.verify()
            #expect(verification.findings.contains("entries 1 to 2 are missing"))
            #expect(verification.findings.contains("entries 9 to 9 were removed, but no record of the removal exists"))
            #expect(verification.deliveryCount == 1)
        }
    }

    @Test("impossible gaps are findings, and the journal cannot be opened for writing")
    func endlessGap() async throws {
        try await TestArchive.withDirectory { directory in
            try await TestArchive.withWriter(at: directory) { try await $0.commitAll([.fixture()]) }
            try PlainConnection.damage(
                directory.journal.path,
                """
                INSERT INTO gap SELECT 1, 9223372036854775807, chain, 1 FROM entry;
                INSERT INTO gap SELECT -9223372036854775808, 0, chain, 1 FROM entry;
                """)
            #expect(try !JournalReader(directory.journal).verify().findings.isEmpty)
            #expect(throws: ArchiveError.damaged("position 9223372036854775807 was never written")) {
                try JournalWriter(directory)
            }
        }
    }

    @Test("lengths whose sum exceeds 64 bits are findings")
    func hugeLengths() async throws {
        let sql = "UPDATE entry SET encoding = 1, byteCount = 9223372036854775807"
        try await Self.withDamage(sql) { reader in
            let verification = try reader.verify()
            #expect(verification.findings.count { $0.hasSuffix("the stored body cannot be decompressed") } == 4)
            #expect(verification.bodyByteCount == 0)
        }
    }

    @Test("an SQLite index that lacks a row is found")
    func damagedIndex() async throws {
        let sql = """
            PRAGMA writable_schema = ON;
            UPDATE sqlite_schema SET sql = 'CREATE INDEX originByName ON origin (verification, id)'
                WHERE name = 'originByName';
            """
        try await Self.withDamage(sql) { reader in
            let findings = try reader.verify().findings
            #expect(
                findings.contains { $0.hasPrefix("SQLite: row 1 missing from index originByName") }, "\(findings)")
        }
    }

    @Test("at most a hundred findings are reported")
    func findingLimit() async throws {
        try await TestArchive.with((0..<150).map { _ in .fixture() }) { writer, reader in
            try PlainConnection.damage(
                writer.directory.journal.path, "UPDATE entry SET bodySHA256 = zeroblob(32)")
            let verification = try reader.verify()
            #expect(verification.findings.count == 100)
            #expect(verification.deliveryCount == 150)
        }
    }
}
