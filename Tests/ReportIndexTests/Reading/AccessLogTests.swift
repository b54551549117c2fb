import Deliveries
import GRDB
import TestKit
import Testing

@testable import ReportArchive

@Suite("The access log")
struct AccessLogTests {
    private static func record(_ what: String, reason: String? = nil) throws -> AccessRecord {
        try #require(AccessRecord(user: "ana", command: "show", what: what, reason: reason))
    }

    private static func entries(_ location: ArchiveLocation, limit: Int?) throws -> [AccessEntry] {
        var entries: [AccessEntry] = []
        try ArchiveReader(location).forEachAccess(limit: limit) { entries.append($0) }
        return entries
    }

    @Test("rows come newest first, whole, as many as were asked for, over the ends of pages")
    func order() async throws {
        try await TestArchive.withWriter { writer in
            for number in 1...1001 { try writer.record(try Self.record("\(number)"), at: .fixture) }
            let numbers = Array((1...1001).reversed()).map(Int64.init)
            #expect(try Self.entries(writer.location, limit: nil).map(\.id) == numbers)
            for limit in [0, 1, 499, 500, 501, 1000, 1001, 5000] {
                let entries = try Self.entries(writer.location, limit: limit)
                #expect(entries.map(\.id) == Array(numbers.prefix(limit)))
                #expect(entries.map(\.record.what) == entries.map { "\($0.id)" })
            }
            #expect(try Self.entries(writer.location, limit: -1).isEmpty)
        }
    }

    @Test("a text of any characters reads back as it was, but for U+0000")
    func texts() async throws {
        try await TestArchive.withWriter { writer in
            let odd = "a\u{0}b\u{1b}[31m é 🐘 \u{202e}'\""
            let record = try #require(AccessRecord(user: odd, command: odd, what: odd, reason: odd))
            #expect(record.what == odd.replacing("\u{0}", with: "\u{fffd}"))
            #expect(try writer.record(record, at: .fixture) == 1)
            #expect(try Self.entries(writer.location, limit: 9) == [AccessEntry(id: 1, at: .fixture, record: record)])
        }
    }

    @Test("what stops in the middle of reading is told")
    func stopped() async throws {
        struct Enough: Error {}
        try await TestArchive.withWriter { writer in
            try writer.record(try Self.record("1"), at: .fixture)
            #expect(throws: ArchiveReadFailure.self) {
                try ArchiveReader(writer.location).forEachAccess(limit: nil) { _ in throw Enough() }
            }
        }
    }

    @Test(
        "rows are never changed and never taken out, from any connection",
        arguments: ["UPDATE access SET user = 'bob'", "UPDATE access SET what = ''", "DELETE FROM access"])
    func appendOnly(sql: String) async throws {
        try await TestArchive.withWriter { writer in
            try writer.record(try Self.record("1"), at: .fixture)
            try PlainConnection.open(writer.location) { db in
                let error = #expect(throws: DatabaseError.self) { try db.execute(sql: sql) }
                #expect(error?.message == "the access log is append-only")
            }
            #expect(try Self.entries(writer.location, limit: nil).map(\.record.user) == ["ana"])
        }
    }

    @Test("a record has an account, a command and texts of a bounded length")
    func bounds() {
        let longest = String(repeating: "x", count: AccessRecord.textByteCountLimit)
        #expect(AccessRecord(user: longest, command: longest, what: longest, reason: longest) != nil)
        #expect(AccessRecord(user: "a", command: "b", what: "", reason: nil) != nil)
        #expect(AccessRecord(user: "", command: "b", what: "", reason: nil) == nil)
        #expect(AccessRecord(user: "a", command: "", what: "", reason: nil) == nil)
        #expect(AccessRecord(user: "a", command: "b", what: "", reason: "") == nil)
        #expect(AccessRecord(user: "a", command: "b", what: longest + "x", reason: nil) == nil)
        #expect(AccessRecord(user: "a", command: "b", what: "", reason: longest + "x") == nil)
        // It takes three bytes in the place of one.
        let zeros = String(repeating: "\u{0}", count: AccessRecord.textByteCountLimit)
        #expect(AccessRecord(user: "a", command: "b", what: zeros, reason: nil) == nil)
        #expect(AccessRecord(user: longest + "x", command: "b", what: "", reason: nil) == nil)
    }

    @Test("a row that does not read back is told as damage")
    func damaged() async throws {
        try await TestArchive.withWriter { writer in
            try writer.record(try Self.record("1"), at: .fixture)
            try PlainConnection.open(writer.location) { db in
                try db.execute(
                    sql: """
                        INSERT INTO access (atMilliseconds, user, command, what) VALUES
                            (0, 'ana', 'show', printf('%.*c', 5000, 'x'))
                        """)
            }
            let failure = #expect(throws: ArchiveReadFailure.self) {
                try Self.entries(writer.location, limit: nil)
            }
            guard case .archive(.damaged(let what)) = failure else {
                Issue.record("another failure")
                return
            }
            #expect(what == "row 2 of the access log does not read back")
        }
    }
}
