import ArchiveTestKit
import Deliveries
import GRDB
import TestKit
import Testing

@testable import Journal
@testable import ReportIndex

@Suite("The access log")
struct AccessLogTests {
    private static func record(_ subject: String, reason: String? = nil) throws -> AccessRecord {
        try #require(AccessRecord(user: "ana", command: "show", subject: subject, reason: reason))
    }

    private static func entries(_ directory: ArchiveDirectory, limit: Int?) throws -> [AccessEntry] {
        var entries: [AccessEntry] = []
        try ArchiveReader(directory).forEachAccess(limit: limit) { entries.append($0) }
        return entries
    }

    @Test("accesses are listed newest first up to the limit, across pages")
    func order() async throws {
        try await IndexArchive.with { archive in
            try archive.writer.append((1...1001).map { .record(.access(try Self.record("\($0)"))) }, at: .fixture)
            try archive.index()
            let numbers = Array((1...1001).reversed()).map(Int64.init)
            #expect(try Self.entries(archive.directory, limit: nil).map(\.id) == numbers)
            for limit in [0, 1, 499, 500, 501, 1000, 1001, 5000] {
                let entries = try Self.entries(archive.directory, limit: limit)
                #expect(entries.map(\.id) == Array(numbers.prefix(limit)))
                #expect(entries.map(\.record.subject) == entries.map { "\($0.id)" })
            }
            #expect(try Self.entries(archive.directory, limit: -1).isEmpty)
        }
    }

    @Test("a string with any characters except U+0000 is unchanged after storing")
    func texts() async throws {
        try await IndexArchive.with { archive in
            let odd = "a\u{0}b\u{1b}[31m é 🐘 \u{202e}'\""
            let record = try #require(AccessRecord(user: odd, command: odd, subject: odd, reason: odd))
            #expect(record.subject == odd.replacing("\u{0}", with: "\u{fffd}"))
            #expect(try archive.record(.access(record)) == 1)
            #expect(try Self.entries(archive.directory, limit: 9) == [AccessEntry(id: 1, at: .fixture, record: record)])
        }
    }

    @Test("an error from the caller is rethrown")
    func stopped() async throws {
        struct Enough: Error {}
        try await IndexArchive.with { archive in
            try archive.record(.access(try Self.record("1")))
            #expect(throws: Enough.self) {
                try archive.reader().forEachAccess(limit: nil) { _ in throw Enough() }
            }
        }
    }

    @Test("an access record with a string that is too long is omitted")
    func recordBeyondBounds() {
        let long = String(repeating: "x", count: AccessRecord.textByteCountLimit + 1)
        let json = #"{"command":"show","subject":"","user":"\#(long)"}"#
        #expect(JournalRecord(.access, json: Array(json.utf8)) == nil)
        #expect(JournalRecord(.access, json: Array(json.replacing(long, with: "ana").utf8)) != nil)
    }

    @Test("an access record requires a user and a command, and the length of its strings is limited")
    func bounds() {
        let longest = String(repeating: "x", count: AccessRecord.textByteCountLimit)
        #expect(AccessRecord(user: longest, command: longest, subject: longest, reason: longest) != nil)
        #expect(AccessRecord(user: "a", command: "b", subject: "", reason: nil) != nil)
        #expect(AccessRecord(user: "", command: "b", subject: "", reason: nil) == nil)
        #expect(AccessRecord(user: "a", command: "", subject: "", reason: nil) == nil)
        #expect(AccessRecord(user: "a", command: "b", subject: "", reason: "") == nil)
        #expect(AccessRecord(user: "a", command: "b", subject: longest + "x", reason: nil) == nil)
        #expect(AccessRecord(user: "a", command: "b", subject: "", reason: longest + "x") == nil)
        // Each NUL character is stored as U+FFFD, which has three bytes.
        let zeros = String(repeating: "\u{0}", count: AccessRecord.textByteCountLimit)
        #expect(AccessRecord(user: "a", command: "b", subject: zeros, reason: nil) == nil)
        #expect(AccessRecord(user: longest + "x", command: "b", subject: "", reason: nil) == nil)
    }

    @Test("a damaged row of the access log is an error")
    func damaged() async throws {
        try await IndexArchive.with { archive in
            try archive.record(.access(try Self.record("1")))
            try PlainConnection.open(archive.directory.indexPath) { db in
                try db.execute(
                    sql: """
                        INSERT INTO access (atMilliseconds, user, command, subject) VALUES
                            (0, 'ana', 'show', printf('%.*c', 5000, 'x'))
                        """)
            }
            #expect(throws: ArchiveError.damaged("row 2 of the audit log cannot be read")) {
                try Self.entries(archive.directory, limit: nil)
            }
        }
    }
}
