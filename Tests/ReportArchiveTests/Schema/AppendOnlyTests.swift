import GRDB
import ReportArchive
import TestKit
import Testing

@Suite struct AppendOnlyTests {
    @Test(
        "the journal takes no change and no deletion, from any connection",
        arguments: [
            "UPDATE journal SET source = 'other'", "UPDATE journal SET body = x'', bodyByteCount = 0",
            "DELETE FROM journal", "DELETE FROM journal WHERE id = 1",
        ])
    func refused(sql: String) async throws {
        try await TestArchive.withWriter { writer in
            try await writer.commitAll([.fixture()])
            try PlainConnection.open(writer.location) { db in
                let error = #expect(throws: DatabaseError.self) { try db.execute(sql: sql) }
                #expect(error?.message == "the journal is append-only")
                let count = try Int.fetchOne(db, sql: "SELECT count(*) FROM journal WHERE source = 'klavi'")
                #expect(count == 1)
            }
        }
    }

    @Test(
        "the journal takes no row that breaks its rules",
        arguments: [
            ("id", "0"), ("uuid", "x'00'"), ("source", "''"), ("headers", "'{}'"), ("headers", "'\"[]\"'"),
            ("verification", "'perhaps'"), ("bodySHA256", "x'00'"), ("bodyByteCount", "-1"), ("bodyByteCount", "8"),
            ("bodyEncoding", "'zstd'"), ("body", "NULL"), ("method", "NULL"), ("receivedAtMilliseconds", "'soon'"),
        ])
    func brokenRow(column: String, value: String) async throws {
        let columns = [
            "id", "uuid", "receivedAtMilliseconds", "source", "method", "target", "headers", "peer", "verification",
            "secretName", "bodySHA256", "bodyByteCount", "bodyEncoding", "body",
        ]
        try await TestArchive.withWriter { writer in
            try await writer.commitAll([.fixture()])
            try PlainConnection.open(writer.location) { db in
                let values = columns.map { $0 == column ? value : $0 == "id" ? "2" : $0 }.joined(separator: ", ")
                let error = #expect(throws: DatabaseError.self) {
                    try db.execute(sql: "INSERT INTO journal SELECT \(values) FROM journal")
                }
                #expect(error?.resultCode == .SQLITE_CONSTRAINT)
            }
        }
    }
}
