import Deliveries
import GRDB
import TestKit
import Testing

@testable import ReportArchive

@Suite("The index of texts")
struct TextIndexTests {
    @Test("finds the same with the index as without, whatever is looked for", arguments: [1, 2] as [UInt64])
    func same(seed: UInt64) async throws {
        try await TextIndexArchive.with(seed: seed) { writer, reader in
            var generator = SplitMix64(seed: seed &+ 100)
            var needles = (0..<16).map { _ in
                (0..<Int.random(in: 1...2, using: &generator)).map { _ in
                    TextIndexArchive.word(&generator) + TextIndexArchive.word(&generator)
                }
            }
            needles += [
                ["tráce-"], ["TRÁCE-1"], ["ab"], ["a"], ["\" OR gram:*"], ["'; DROP TABLE textGram"], ["\u{0}"],
                ["aaa\u{0}b"], ["😀"], ["\u{fffd}"], ["i\u{307}"], [String(repeating: "é", count: 500)],
            ]
            let before = try needles.map { try reader.having($0) }
            #expect(try writer.addTextIndex(of: "klavi"))
            #expect(try writer.indexAllTexts(reader) == 2)
            for (needle, before) in zip(needles, before) {
                let after = try reader.having(needle)
                #expect(after.found == before.found, "\(needle)")
                #expect(after.counts?.matched == before.counts?.matched)
                #expect(after.counts?.total == before.counts?.total)
                #expect(after.counts?.isComplete == true)
            }
            #expect(before.contains { !$0.found.isEmpty } && before.contains { $0.found.isEmpty })
            #expect(try reader.having(["not there at all"]).counts?.scanned ?? .max < TextIndexArchive.count / 2)
        }
    }

    @Test("narrows with other filters, with repeats and to the latest as the scan does")
    func filters() async throws {
        let changes: [@Sendable (inout ReportFilter) -> Void] = [
            { $0.sources = ["klavi"] }, { $0.sources = ["other"] }, { $0.listsAttempts = true }, { $0.limit = 3 },
            { $0.before = ReportID(rawValue: ArrivalID(1500, 0).rawValue) },
        ]
        try await TextIndexArchive.with { writer, reader in
            let before = try changes.map { try reader.having(["\":\"a"], $0).found }
            _ = try writer.addTextIndex(of: "klavi")
            _ = try writer.addTextIndex(of: "other")
            #expect(try writer.indexAllTexts(reader) == 4)
            #expect(try changes.map { try reader.having(["\":\"a"], $0).found } == before)
            #expect(before.allSatisfy { !$0.isEmpty })
            // Only those of the last block, those without a body and those with the text are opened.
            let counts = try reader.having(["there is no such text"]).counts
            let indexed = try reader.textIndexes().reduce(0) { $0 + $1.deliveryCount }
            #expect(counts?.scanned == TextIndexArchive.count - Int(indexed))
        }
    }

    @Test("a needle of two bytes opens everything, and so does one beside a longer one")
    func tooShort() async throws {
        try await TextIndexArchive.with { writer, reader in
            _ = try writer.addTextIndex(of: "klavi")
            try writer.indexAllTexts(reader)
            #expect(try reader.having(["zz"]).counts?.scanned == TextIndexArchive.count)
            #expect(try reader.having(["zzzzz", "zz"]).counts?.scanned == TextIndexArchive.count)
            #expect(try reader.having(["zzzzz", "zzz"]).counts?.scanned ?? .max < TextIndexArchive.count)
        }
    }

    @Test("says how far it is, and is gone when it was dropped")
    func status() async throws {
        try await TextIndexArchive.with { writer, reader in
            #expect(try reader.textIndexes() == [])
            #expect(try writer.addTextIndex(of: "klavi"))
            #expect(try !writer.addTextIndex(of: "klavi"))
            _ = try writer.indexNextTexts(reader)
            var status = try #require(try reader.textIndexes().first)
            #expect(status.blockCount == 1 && status.wholeBlockCount == 2 && status.lastDelivery?.rawValue == 2047)
            try writer.indexAllTexts(reader)
            status = try #require(try reader.textIndexes().first)
            #expect(status.blockCount == 2 && status.byteCount > 0 && status.deliveryCount > 1000)
            #expect(try !writer.dropTextIndex(of: "other"))
            #expect(try writer.dropTextIndex(of: "klavi"))
            #expect(try reader.textIndexes() == [])
            #expect(try writer.rowCounts() == [0, 0, 0])
            #expect(try !writer.dropTextIndex(of: "klavi"))
        }
    }

    @Test("the plan names the index where it helps, and only there")
    func plan() async throws {
        try await TextIndexArchive.with { writer, reader in
            _ = try writer.addTextIndex(of: "klavi")
            try writer.indexAllTexts(reader)
            var filter = ReportFilter()
            filter.texts = ["conceição"]
            #expect(try reader.plan(of: filter).textIndexes.map(\.source) == ["klavi"])
            filter.sources = ["other"]
            #expect(try reader.plan(of: filter).textIndexes == [])
            filter.sources = []
            filter.texts = ["ab"]
            #expect(try reader.plan(of: filter).textIndexes == [])
        }
    }
}

extension ArchiveWriter {
    func rowCounts() throws -> [Int] {
        try perform { db in
            try ["textIndex", "textBlock", "textGram"].map {
                try Int.fetchOne(db, sql: "SELECT count(*) FROM \($0)") ?? -1
            }
        }
    }
}
