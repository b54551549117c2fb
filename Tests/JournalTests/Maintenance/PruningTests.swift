import ArchiveTestKit
import Deliveries
import Foundation
import GRDB
import TestKit
import Testing

@testable import Journal

@Suite(.offPool) struct PruningTests {
    private static func find(_ needle: [UInt8], in file: JournalFile) throws -> Bool {
        try Data(contentsOf: URL(filePath: file.path)).firstRange(of: Data(needle)) != nil
    }

    @Test("pruning removes body, SHA-256 and salt from the file, and the chain still verifies")
    func removal() async throws {
        var random = SplitMix64(seed: 1)
        let (salt, otherSalt) = (random.bytes(16), random.bytes(16))
        let secret = EncodedBody.raw(random.bytes(3000))
        let other = EncodedBody.raw(random.bytes(3000))
        try await TestArchive.withDirectory { directory in
            var end: ChainMark?
            try await TestArchive.withWriter(at: directory) { writer in
                try await writer.commitAll([
                    .fixture(body: secret, salt: salt), .fixture(body: other, salt: otherSalt),
                ])
                end = try writer.reader().verify().end
            }
            for needle in [salt, secret.sha256, Array(secret.storedBytes.prefix(100))] {
                #expect(try Self.find(needle, in: directory.journal))
            }
            try await TestArchive.withWriter(at: directory) { writer throws in
                #expect(try writer.prune([1]) == [1])
            }
            #expect(directory.journal.logByteCount == 0)
            for needle in [
                salt, secret.sha256, Array(secret.storedBytes.prefix(16)), Array(secret.storedBytes.suffix(16)),
            ] {
                #expect(try !Self.find(needle, in: directory.journal))
            }
            for needle in [otherSalt, other.sha256, other.storedBytes] {
                #expect(try Self.find(needle, in: directory.journal))
            }
            let verification = try JournalReader(directory.journal).verify(against: end)
            #expect(verification.findings == [])
            #expect(verification.prunedCount == 1)
            #expect(verification.deliveryCount == 2)
            #expect(verification.recordCount == 1)
        }
    }

    @Test("reading a pruned body fails, but its head, summary and record are readable")
    func reading() async throws {
        let summary = [
            ReportContent.fixture(
                key: "\u{e9}", providerTime: .fixture, externalInfo: "{}", fields: [ReportField("a", "e\u{301}")]),
            .fixture(problem: "x"),
        ]
        try await TestArchive.with([.fixture(target: "/a"), .fixture()]) { writer, reader in
            #expect(try writer.prune([1], summary: summary, reason: "keep 5d") == [1])
            let row = try #require(try reader.entry(1))
            #expect(row.isPruned)
            #expect(try row.envelope().head.target == "/a")
            #expect(try row.summary() == summary)
            #expect(row.prunedBy == 3)
            #expect(throws: ArchiveError.pruned(DeliveryID(rawValue: 1), reason: "")) { try row.delivery() }
            guard case .prune(let record) = try reader.record(3) else {
                Issue.record("entry 3 is not the record")
                return
            }
            #expect(record.reason == "keep 5d")
            #expect(record.pruned.map(\.delivery.rawValue) == [1])
        }
    }

    @Test("verification detects a summary that was changed or swapped with another")
    func changedSummary() async throws {
        let finding = "entry 1: its summary does not match the prune record"
        for assignment in [
            "body = CAST('[]' AS BLOB)", "body = (SELECT body FROM entry WHERE position = 2)",
            "prunedBy = 4",
        ] {
            try await TestArchive.with([.fixture(), .fixture()]) { writer, reader in
                try writer.prune([1], summary: [.fixture(key: "one")])
                try writer.prune([2], summary: [.fixture(key: "two")])
                #expect(try reader.verify().findings == [])
                try PlainConnection.damage(
                    writer.directory.journal.path, "UPDATE entry SET \(assignment) WHERE position = 1")
                #expect(try reader.verify().findings == [finding], "\(assignment)")
            }
        }
    }

    @Test("verification detects a changed commitment or salt of a pruned body", arguments: ["bodyCommitment", "salt"])
    func changedCommitment(column: String) async throws {
        try await TestArchive.with([.fixture(), .fixture()]) { writer, reader in
            try writer.prune([1])
            try PlainConnection.damage(
                writer.directory.journal.path,
                "UPDATE entry SET \(column) = zeroblob(length(\(column))) WHERE position = 1")
            #expect(
                try reader.verify().findings.last
                    == "entry 1: the chain breaks here; this entry or the previous entry was changed")
        }
    }

    @Test("records, pruned bodies and missing positions are not pruned")
    func notPrunable() async throws {
        try await TestArchive.with([.fixture()]) { writer, reader throws in
            #expect(try writer.prune([1, 1, 2, 99, 0, -1]) == [1])
            #expect(try writer.prune([1, 2]) == [])
            #expect(try reader.end()?.position == 2)
            #expect(try reader.verify().findings == [])
        }
    }

    @Test("many bodies are pruned in slices of 64, with one record per slice")
    func parts() async throws {
        try await TestArchive.with((0..<200).map { _ in .fixture() }) { writer, reader in
            #expect(try writer.prune(Array(1...200)) == Array(1...200))
            let records = try reader.number(
                "SELECT count(*) FROM entry JOIN origin ON origin.id = originId WHERE type = 'prune'")
            #expect(records == 4)
            #expect(await writer.outcome(of: .fixture()).id == 205)
            #expect(try reader.verify().findings == [])
        }
    }

    @Test("a slice ends after 4 MiB, because removed bytes are overwritten")
    func largeBodies() async throws {
        let body = EncodedBody.raw([UInt8](repeating: 7, count: 3 << 20))
        try await TestArchive.with((0..<6).map { _ in .fixture(body: body) }) { writer, reader in
            try writer.prune([1, 2, 3])
            try writer.remove([4, 5, 6])
            let types = try reader.strings(
                "SELECT type FROM entry JOIN origin ON origin.id = originId WHERE position > 6 ORDER BY position")
            #expect(types == ["prune", "prune", "expiry", "expiry"])
            #expect(try reader.verify().findings == [])
        }
    }

    @Test("a pruning decision that is older than a hold has no effect")
    func newHold() async throws {
        try await TestArchive.with([.fixture(), .fixture()]) { writer, reader throws in
            let hold = HoldRecord(subject: .delivery(DeliveryID(rawValue: 1)), reason: "court")
            #expect(try writer.append(.hold(hold), at: .fixture) == 3)
            let body = BodyToPrune(delivery: DeliveryID(rawValue: 2), summary: [])
            #expect(try writer.pruneBodies([body], reason: "x", holdsKnownUpTo: 2, at: .fixture) == [])
            #expect(try writer.removeEntries([body.delivery], reason: "x", holdsKnownUpTo: 2, at: .fixture) == [])
            #expect(try writer.pruneBodies([body], reason: "x", holdsKnownUpTo: 3, at: .fixture) == [body.delivery])
            #expect(try reader.verify().prunedCount == 1)
        }
    }

    @Test("a reader does not delay pruning or commits")
    func readerInTheWay() async throws {
        try await TestArchive.with([.fixture(), .fixture()]) { writer, reader in
            try await PlainConnection.whileReading(writer.directory.journal.path) {
                let duration = try ContinuousClock().measure { _ = try writer.prune([1]) }
                // The limit is shorter than SQLite's busy timeout of five seconds.
                #expect(duration < .seconds(4))
                #expect(await writer.outcome(of: .fixture()).id == 4)
            }
        }
    }
}

@Suite(.offPool) struct EntryRemovalTests {
    private static func gaps(_ reader: JournalReader) throws -> [String] {
        try reader.strings("SELECT firstPosition || '-' || lastPosition || ' ' || recordedBy FROM gap ORDER BY 1")
    }

    @Test("adjacent removed entries become one gap, and an expiry record has the positions and the reason")
    func gap() async throws {
        try await TestArchive.with((0..<5).map { _ in .fixture() }) { writer, reader in
            let end = try reader.verify().end
            #expect(try writer.remove([2, 1, 4], reason: "keep-metadata 50d") == [1, 2, 4])
            #expect(try Self.gaps(reader) == ["1-2 6", "4-4 6"])
            #expect(
                try reader.record(6)
                    == .expiry(ExpiryRecord(reason: "keep-metadata 50d", runs: [1...2, 4...4])))
            #expect(try reader.entry(1) == nil)
            let verification = try reader.verify(against: end)
            #expect(verification.findings == [])
            #expect(verification.deliveryCount == 2)
        }
    }

    @Test("a mark at the end of a gap can be verified, but a mark within a gap cannot")
    func marks() async throws {
        try await TestArchive.with([.fixture(), .fixture(), .fixture()]) { writer, reader in
            let marks = try (Int64(1)...2).map {
                ChainMark(position: $0, chain: try #require(try reader.entry($0)).chain)
            }
            try writer.remove([1, 2])
            #expect(try reader.verify(against: marks[1]).findings == [])
            #expect(
                try reader.verify(against: marks[0]).findings == [
                    "entry 1 is missing, so its hash cannot be compared"
                ])
        }
    }

    @Test("verification requires an expiry record for each gap")
    func unrecorded() async throws {
        for assignment in ["recordedBy = 3", "recordedBy = 4", "recordedBy = 5", "lastPosition = 3"] {
            try await TestArchive.with([.fixture(), .fixture(), .fixture()]) { writer, reader in
                try writer.remove([1])
                try writer.remove([2])
                #expect(try reader.verify().findings == [])
                try PlainConnection.damage(
                    writer.directory.journal.path, "UPDATE gap SET \(assignment) WHERE firstPosition = 2")
                let findings = try reader.verify().findings
                #expect(findings.isEmpty == (assignment == "recordedBy = 5"), "\(assignment)")
            }
        }
    }

    @Test("gaps of several runs can be adjacent in any order")
    func severalRuns() async throws {
        try await TestArchive.with((0..<6).map { _ in .fixture() }) { writer, reader in
            #expect(try writer.remove([2, 4, 6]) == [2, 4, 6])
            #expect(try writer.remove([1, 3, 5]) == [1, 3, 5])
            #expect(try reader.number("SELECT count(*) FROM gap") == 6)
            let verification = try reader.verify()
            #expect(verification.findings == [])
            #expect(verification.deliveryCount == 0)
        }
    }

    @Test("a position is never reused, even if the last entries were removed and the journal was reopened")
    func positions() async throws {
        try await TestArchive.withDirectory { directory in
            try await TestArchive.withWriter(at: directory) { writer in
                try await writer.commitAll([.fixture(), .fixture()])
                try writer.remove([1, 2])
            }
            try await TestArchive.withWriter(at: directory) { #expect(await $0.outcome(of: .fixture()).id == 4) }
            #expect(try JournalReader(directory.journal).verify().findings == [])
        }
    }

    @Test("a pruned delivery can be removed, but a record cannot")
    func prunedAndRecords() async throws {
        try await TestArchive.with([.fixture(), .fixture()]) { writer, reader in
            try writer.prune([1])
            #expect(try writer.remove([1, 3]) == [1])
            #expect(try reader.record(3) != nil)
            #expect(try reader.verify().findings == [])
        }
    }

    @Test("many entries are removed in slices of 64, with one record per slice")
    func parts() async throws {
        try await TestArchive.with((0..<200).map { _ in .fixture() }) { writer, reader in
            #expect(try writer.remove(Array(1...150)) == Array(1...150))
            #expect(try Self.gaps(reader).count == 3)
            let verification = try reader.verify()
            #expect(verification.findings == [])
            #expect(verification.deliveryCount == 50)
        }
    }
}
