import ArchiveTestKit
import Deliveries
import Foundation
import GRDB
import Journal
import TestKit
import Testing

@testable import Quarantine

/// Tests that a damaged quarantine is replaced, because no other data depends on it.
@Suite(.offPool) struct DamagedQuarantineTests {
    @Test(
        "an unreadable row is omitted, and the other rows are read",
        arguments: [
            "uuid = x'00'", "head = x''", "head = CAST('[1]' AS BLOB)", "verification = 'perhaps'",
            "verification = 'verified', head = CAST('{}' AS BLOB)", "head = NULL", "reason = NULL", "body = NULL",
        ])
    func damagedRow(assignment: String) async throws {
        try await TestQuarantine.with([.fixture(target: "/a"), .fixture(target: "/b")]) { writer, reader in
            #expect(try reader.size().count == 2)
            try PlainConnection.damage(
                writer.path,
                """
                PRAGMA writable_schema = ON;
                UPDATE sqlite_schema SET sql = replace(replace(sql, ' NOT NULL', ''), 'STRICT', '') WHERE name = 'quarantine';
                PRAGMA writable_schema = RESET;
                UPDATE quarantine SET \(assignment) WHERE id = 1
                """)
            #expect(try reader.targets() == ["/b"])
            #expect(try reader.entry(QuarantineID(rawValue: 1)) == nil)
            let rejected = try reader.rejected(after: 0, sources: [], newest: false, limit: 10)
            #expect(rejected.map(\.id.rawValue).contains(2))
        }
    }

    @Test("wrong totals do not stop the writer, and are corrected when the table is empty")
    func wrongTotals() async throws {
        for totals in [(0, 0), (1_000_000, 1 << 40), (1, 1)] {
            try await TestQuarantine.with([.fixture(), .fixture(), .fixture()]) { writer, reader in
                try writer.perform { db in
                    try db.execute(
                        sql: "UPDATE total SET deliveryCount = ?, byteCount = ?", arguments: [totals.0, totals.1])
                }
                try writer.addAll([.fixture()])
                for number in Int64(1)...4 { _ = try writer.delete(QuarantineID(rawValue: number)) }
                try writer.age(now: .fixture)
                #expect(try reader.size() == (0, 0))
            }
        }
    }

    private static func write(_ bytes: Data, to directory: ArchiveDirectory) throws {
        try bytes.write(to: URL(filePath: directory.quarantinePath))
    }

    /// Expects that opening renames the file, reports `error` and creates a new file.
    private static func expectReplacement(
        _ directory: ArchiveDirectory, _ error: ArchiveError, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let before = FileManager.default.contents(atPath: directory.quarantinePath)
        try await TestQuarantine.withWriter(at: directory) { writer, failures in
            #expect(failures.all == [error], sourceLocation: sourceLocation)
            let damaged = FileManager.default.contents(atPath: directory.quarantinePath + ".damaged")
            #expect(damaged == before, sourceLocation: sourceLocation)
            try writer.addAll([.fixture(target: "/new")])
            #expect(try QuarantineReader(directory).targets() == ["/new"], sourceLocation: sourceLocation)
        }
    }

    @Test("a file of another type is renamed and replaces an earlier renamed file")
    func foreignFile() async throws {
        try await TestArchive.withDirectory { directory in
            for byte in [0x61, 0x62] as [UInt8] {
                try Self.write(Data(repeating: byte, count: 5000), to: directory)
                try await Self.expectReplacement(directory, .notAnArchive(path: directory.quarantinePath))
            }
        }
    }

    @Test("a file with an unknown format, an unknown table or a missing table is renamed")
    func otherFormat() async throws {
        let path = \ArchiveDirectory.quarantinePath
        for (sql, error) in [
            ("PRAGMA user_version = 9", { ArchiveError.unknownFormat(path: $0, format: 9) }),
            ("CREATE TABLE mine (x)", { .foreignSchema(path: $0, object: "table mine") }),
            ("DROP TABLE total", { .damaged("\($0) is damaged: table total is missing") }),
        ] as [(String, (String) -> ArchiveError)] {
            try await TestArchive.withDirectory { directory in
                try QuarantineWriter(directory).close()
                try PlainConnection.open(directory[keyPath: path]) { db in
                    try db.execute(sql: sql)
                    try db.execute(sql: "PRAGMA journal_mode = DELETE")
                }
                try await Self.expectReplacement(directory, error(directory[keyPath: path]))
            }
        }
    }

    @Test("if damage is found while the file is open, later deliveries are stored in a new file")
    func damagedWhileOpen() async throws {
        try await TestArchive.withDirectory { directory in
            try await TestQuarantine.withWriter(at: directory) { writer, failures in
                try writer.addAll([.fixture()])
                #expect(throws: ArchiveError.self) {
                    try writer.perform { _ in throw DatabaseError(resultCode: .SQLITE_CORRUPT) }
                }
                try writer.addAll([.fixture(target: "/new")])
                #expect(failures.all == [])
                #expect(try QuarantineReader(directory).targets() == ["/new"])
                #expect(FileManager.default.fileExists(atPath: directory.quarantinePath + ".damaged"))
                try writer.perform { try $0.execute(sql: "DELETE FROM total") }
                try writer.addAll([.fixture(), .fixture(target: "/newer")])
                #expect(failures.all == [.damaged("the quarantine is damaged: its totals are missing")])
                #expect(try QuarantineReader(directory).targets() == ["/newer"])
            }
        }
    }

    @Test("a file with random bytes never ends the process", arguments: 1...4 as ClosedRange<UInt64>)
    func flipped(seed: UInt64) async throws {
        try await TestArchive.withDirectory { directory in
            let writer = try QuarantineWriter(directory)
            try writer.addAll((0..<10).map { .fixture(body: String(repeating: "b", count: $0 * 1000)) })
            writer.close()
            let bytes = Array(try Data(contentsOf: URL(filePath: directory.quarantinePath)))
            var generator = SplitMix64(seed: seed)
            for _ in 0..<30 {
                var damaged = bytes
                for _ in 0..<Int.random(in: 1...20, using: &generator) {
                    damaged[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8(
                        truncatingIfNeeded: generator.next())
                }
                FileSystem.removeDatabase(directory.quarantinePath)
                try Self.write(Data(damaged), to: directory)
                let reader = QuarantineReader(directory)
                _ = try? reader.list(limit: nil)
                _ = try? reader.size()
                _ = try? reader.rejected(after: 0, sources: [], newest: true, limit: 100)
                reader.close()
                let reopened = try QuarantineWriter(directory)
                defer { reopened.close() }
                _ = reopened.add(.fixture())
                _ = try? reopened.age(now: .fixture)
                _ = try? reopened.delete(nil)
            }
        }
    }
}
