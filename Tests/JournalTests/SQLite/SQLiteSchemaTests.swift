import ArchiveTestKit
import GRDB
import TestKit
import Testing

@testable import Journal

@Suite(.offPool) struct SQLiteSchemaTests {
    private static let steps = [
        "CREATE TABLE first (x INTEGER) STRICT;",
        "CREATE TABLE second (x INTEGER) STRICT;\nINSERT INTO second SELECT x FROM first;",
        "INSERT INTO nothing VALUES (1)",
    ]

    private static func schema(_ stepCount: Int) -> SQLiteSchema {
        SQLiteSchema(name: "test", applicationID: 7, steps: Array(steps.prefix(stepCount)))
    }

    private static func open(_ path: String, _ stepCount: Int) throws -> WritingConnection {
        try WritingConnection(path, schema(stepCount), durability: .everyCommit)
    }

    @Test("a writer migrates a file of an older format and keeps its rows, but a reader does not migrate")
    func migration() throws {
        try TemporaryFolder.with { folder in
            let path = folder.path(of: "file.sqlite")
            let first = try Self.open(path, 1)
            try first.run { try $0.execute(sql: "INSERT INTO first VALUES (5)") }
            first.finish()
            #expect(throws: ArchiveError.unknownFormat(path: path, format: 1)) {
                try SQLiteFile.openForReading(path, Self.schema(2))
            }
            let second = try Self.open(path, 2)
            #expect(try second.run { try Int.fetchAll($0, sql: "SELECT x FROM second") } == [5])
            #expect(try second.run { try SQLiteSchema.format(of: $0) } == 2)
            second.finish()
            #expect(throws: ArchiveError.unknownFormat(path: path, format: 2)) { try Self.open(path, 1) }
        }
    }

    @Test("a failed migration step leaves the file in the previous format")
    func failedStep() throws {
        try TemporaryFolder.with { folder in
            let path = folder.path(of: "file.sqlite")
            try Self.open(path, 1).finish()
            #expect(throws: ArchiveError.self) { try Self.open(path, 3) }
            try PlainConnection.open(path) { db throws in
                #expect(try SQLiteSchema.format(of: db) == 2)
                #expect(try db.tableExists("second"))
            }
        }
    }
}
