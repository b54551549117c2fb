import GRDB
import ReportArchive
import TestKit
import Testing

@Suite struct AppendOnlyTests {
    @Test(
        "the journal takes no change and no deletion, from any connection",
        arguments: [
            "UPDATE journal SET originId = 2", "UPDATE journal SET head = x'', bodyByteCount = 0",
            "DELETE FROM journal", "DELETE FROM journal WHERE id = 1",
        ])
    func refused(sql: String) async throws {
        try await TestArchive.withWriter { writer in
            try await writer.commitAll([.fixture()])
            try PlainConnection.open(writer.location) { db in
                let error = #expect(throws: DatabaseError.self) { try db.execute(sql: sql) }
                #expect(error?.message == "the journal is append-only")
                let count = try Int.fetchOne(db, sql: "SELECT count(*) FROM journal WHERE originId = 1")
                #expect(count == 1)
            }
        }
    }

    @Test(
        "the journal takes no row that breaks its rules",
        arguments: [
            ("id", "0"), ("uuid", "x'00'"), ("originId", "NULL"), ("originId", "9"), ("bodySHA256", "x'00'"),
            ("bodyByteCount", "-1"), ("bodyByteCount", "NULL"), ("chain", "x'00'"), ("chain", "NULL"),
            ("head", "NULL"), ("head", "'[]'"), ("receivedAtMilliseconds", "'soon'"),
        ])
    func brokenRow(column: String, value: String) async throws {
        try await TestArchive.withWriter { writer in
            try await writer.commitAll([.fixture()])
            try Self.expectRefusal(of: value, as: column, in: "journal", key: "id", writer)
        }
    }

    @Test(
        "bodies take no row that breaks their rules",
        arguments: [
            ("encoding", "'zstd'"), ("encoding", "'same'"), ("encoding", "'gone'"), ("sameAs", "1"),
            ("pruningId", "1"), ("bytes", "NULL"), ("bytes", "'text'"), ("journalId", "9"),
        ])
    func brokenBody(column: String, value: String) async throws {
        try await TestArchive.withWriter { writer in
            try await writer.commitAll([.fixture()])
            try Self.expectRefusal(of: value, as: column, in: "body", key: "journalId", writer)
        }
    }

    @Test(
        "what vouches for deliveries takes no row that breaks its rules",
        arguments: [("source", "''"), ("source", "NULL"), ("verification", "'perhaps'"), ("secretName", "secretName")])
    func brokenOrigin(column: String, value: String) async throws {
        try await TestArchive.withWriter { writer in
            try await writer.commitAll([.fixture()])
            try Self.expectRefusal(of: value, as: column, in: "origin", key: "id", writer)
        }
    }

    @Test("a row that a gap tells of may go")
    func gap() async throws {
        try await TestArchive.withWriter { writer in
            try await writer.commitAll([.fixture(), .fixture(), .fixture()])
            try PlainConnection.open(writer.location) { db in
                try db.execute(sql: "PRAGMA foreign_keys = OFF")
                try db.execute(sql: "INSERT INTO gap SELECT 1, 2, chain, 0, 'by hand' FROM journal WHERE id = 2")
                try db.execute(sql: "DELETE FROM journal WHERE id <= 2; DELETE FROM body WHERE journalId <= 2")
                #expect(throws: DatabaseError.self) { try db.execute(sql: "DELETE FROM journal") }
            }
            let check = try ArchiveReader(writer.location).check()
            #expect(check.findings == [])
            #expect(check.deliveryCount == 1)
        }
    }

    /// Copies the only row of a table to the key 2 with one column changed, which must be refused.
    private static func expectRefusal(
        of value: String, as column: String, in table: String, key: String, _ writer: ArchiveWriter,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        try PlainConnection.open(writer.location) { db in
            let values = try db.columns(in: table).map(\.name).map { $0 == column ? value : $0 == key ? "2" : $0 }
            let error = #expect(throws: DatabaseError.self, sourceLocation: sourceLocation) {
                try db.execute(sql: "INSERT INTO \(table) SELECT \(values.joined(separator: ", ")) FROM \(table)")
            }
            #expect(error?.resultCode == .SQLITE_CONSTRAINT, sourceLocation: sourceLocation)
        }
    }
}
