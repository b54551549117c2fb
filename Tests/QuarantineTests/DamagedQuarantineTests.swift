import ArchiveTestKit
import Deliveries
import Foundation
import GRDB
import Journal
import TestKit
import Testing

@testable import Quarantine

/// The quarantine is not part of the truth: a damaged one is replaced.
@Suite struct DamagedQuarantineTests {
    @Test(
        "a row that does not read back is left out, and the others are read",
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

    @Test("totals that are wrong do not stop the writer, and are right again once all is deleted")
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

    /// Opening must move the file aside, report `error` and make a new file that works.
    private static func expectReplacement(
        _ directory: ArchiveDirectory, _ error: ArchiveError, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let before = FileManager.default.contents(atPath: directory.quarantinePath)
        let failures = Failures()
        let writer = try QuarantineWriter(directory) { failures.add($0) }
        defer { writer.close() }
        #expect(failures.all == [error], sourceLocation: sourceLocation)
        let aside = FileManager.default.contents(atPath: directory.quarantinePath + ".damaged")
        #expect(aside == before, sourceLocation: sourceLocation)
        try writer.addAll([.fixture(target: "/new")])
        #expect(try QuarantineReader(directory).targets() == ["/new"], sourceLocation: sourceLocation)
    }

    @Test("a file that is not a quarantine is moved aside, in place of an earlier one")
    func foreignFile() async throws {
        try await TestArchive.withDirectory { directory in
            for byte in [0x61, 0x62] as [UInt8] {
                try Self.write(Data(repeating: byte, count: 5000), to: directory)
                try Self.expectReplacement(directory, .notAnArchive(path: directory.quarantinePath))
            }
        }
    }

    @Test("a file of another format or with foreign objects is moved aside")
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
                try Self.expectReplacement(directory, error(directory[keyPath: path]))
            }
        }
    }

    @Test("damage that shows while the file is open loses what is stored, and not what comes later")
    func damagedWhileOpen() async throws {
        try await TestArchive.withDirectory { directory in
            let failures = Failures()
            let writer = try QuarantineWriter(directory) { failures.add($0) }
            defer { writer.close() }
            try writer.addAll([.fixture()])
            #expect(throws: ArchiveError.self) {
                try writer.perform { _ in throw DatabaseError(resultCode: .SQLITE_CORRUPT) }
            }
            try writer.addAll([.fixture(target: "/new")])
            #expect(failures.all == [])
            #expect(try QuarantineReader(directory).targets() == ["/new"])
            #expect(FileManager.default.fileExists(atPath: directory.quarantinePath + ".damaged"))
        }
    }

    @Test("a missing row of totals is damage")
    func missingTotals() async throws {
        try await TestArchive.withDirectory { directory in
            let failures = Failures()
            let writer = try QuarantineWriter(directory) { failures.add($0) }
            defer { writer.close() }
            try writer.perform { try $0.execute(sql: "DELETE FROM total") }
            try writer.addAll([.fixture(), .fixture(target: "/new")])
            #expect(failures.all == [.damaged("the quarantine is damaged: its totals are missing")])
            #expect(try QuarantineReader(directory).targets() == ["/new"])
        }
    }

    @Test("a file with flipped bytes never ends the process", arguments: 1...4 as ClosedRange<UInt64>)
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
