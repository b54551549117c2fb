import ArchiveTestKit
import GRDB
import Journal
import TestKit
import Testing

@Suite(.offPool) struct AppendOnlyTests {
    @Test(
        "the journal rejects changes and deletions on any connection",
        arguments: [
            "UPDATE entry SET originId = 2", "UPDATE entry SET head = x'', byteCount = 0",
            "UPDATE entry SET position = 7", "UPDATE entry SET uuid = randomblob(16)",
            "UPDATE entry SET recordedAtMilliseconds = 0", "UPDATE entry SET chain = zeroblob(32)",
            "DELETE FROM entry", "DELETE FROM entry WHERE position = 1",
        ])
    func rejected(sql: String) async throws {
        try await TestArchive.withWriter { writer in
            try await writer.commitAll([.fixture()])
            try PlainConnection.open(writer.directory.journal.path) { db in
                let error = #expect(throws: DatabaseError.self) { try db.execute(sql: sql) }
                #expect(error?.message == "the journal is append-only")
                let count = try Int.fetchOne(db, sql: "SELECT count(*) FROM entry WHERE originId = 1")
                #expect(count == 1)
            }
        }
    }

    @Test(
        "the journal rejects rows that violate a constraint",
        arguments: [
            ("position", "0"), ("uuid", "x'00'"), ("uuid", "uuid"), ("originId", "NULL"), ("originId", "9"),
            ("bodySHA256", "x'00'"), ("bodySHA256", "NULL"), ("byteCount", "-1"), ("byteCount", "NULL"),
            ("byteCount", "8"), ("bodyCommitment", "zeroblob(32)"), ("bodyCommitment", "x'00'"), ("chain", "x'00'"),
            ("chain", "NULL"), ("salt", "x'00'"), ("salt", "NULL"),
            ("prunedBy", "1"), ("encoding", "3"), ("encoding", "'zlib'"), ("encoding", "2"), ("head", "NULL"),
            ("head", "'[]'"), ("body", "NULL"), ("body", "'text'"), ("body", "x'00'"),
            ("recordedAtMilliseconds", "'soon'"),
        ])
    func brokenRow(column: String, value: String) async throws {
        try await TestArchive.withWriter { writer in
            try await writer.commitAll([.fixture()])
            try Self.expectRejection(of: [column: value], in: "entry", key: "position", writer)
        }
    }

    @Test("a pruned row must refer to a later entry")
    func prunedBy() async throws {
        try await TestArchive.withWriter { writer in
            try await writer.commitAll([.fixture()])
            var values = ["encoding": "2", "bodySHA256": "NULL", "bodyCommitment": "zeroblob(32)"]
            values["prunedBy"] = "2"
            try Self.expectRejection(of: values, in: "entry", key: "position", writer)
            values["prunedBy"] = "3"
            try Self.insert(values, in: "entry", key: "position", writer)
        }
    }

    @Test(
        "the journal rejects origins that violate a constraint",
        arguments: [
            ["type": "''"], ["type": "NULL"], ["type": "'hold'"], ["source": "''"], ["source": "NULL"],
            ["verification": "'perhaps'"], ["verification": "NULL"], ["secretName": "secretName"],
            ["type": "'hold'", "source": "NULL", "verification": "NULL"],
        ])
    func brokenOrigin(values: [String: String]) async throws {
        try await TestArchive.withWriter { writer in
            try await writer.commitAll([.fixture()])
            try Self.expectRejection(of: values, in: "origin", key: "id", writer)
        }
    }

    @Test("an entry can only be deleted within a gap")
    func gap() async throws {
        try await TestArchive.withWriter { writer in
            try await writer.commitAll([.fixture(), .fixture(), .fixture()])
            try PlainConnection.open(writer.directory.journal.path) { db in
                try db.execute(sql: "INSERT INTO gap SELECT 1, 2, chain, 3 FROM entry WHERE position = 2")
                try db.execute(sql: "DELETE FROM entry WHERE position <= 2")
                #expect(throws: DatabaseError.self) { try db.execute(sql: "DELETE FROM entry") }
                #expect(try Int.fetchAll(db, sql: "SELECT position FROM entry") == [3])
            }
        }
    }

    /// Copies the only row of a table, with these columns changed. The default key is 2.
    private static func insert(
        _ values: [String: String], in table: String, key: String, _ writer: JournalWriter
    ) throws {
        var changed = values
        if table == "entry", values["uuid"] == nil { changed["uuid"] = "randomblob(16)" }
        if changed[key] == nil { changed[key] = "2" }
        try PlainConnection.open(writer.directory.journal.path) { db in
            let columns = try db.columns(in: table).map { changed[$0.name] ?? $0.name }
            try db.execute(sql: "INSERT INTO \(table) SELECT \(columns.joined(separator: ", ")) FROM \(table)")
        }
    }

    private static func expectRejection(
        of values: [String: String], in table: String, key: String, _ writer: JournalWriter,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let error = #expect(throws: DatabaseError.self, sourceLocation: sourceLocation) {
            try insert(values, in: table, key: key, writer)
        }
        #expect(error?.resultCode == .SQLITE_CONSTRAINT, sourceLocation: sourceLocation)
    }
}
