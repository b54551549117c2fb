import Deliveries
import Foundation
import GRDB
import Synchronization
import TestKit
import Testing

@testable import ReportArchive

/// Pruning of archives and by terms that a seed gives.
@Suite struct PruningPropertyTests {
    private static let kinds = ["income", "events", "misc", "free", "junk"]
    private static let verifications: [Verification] = [.verified, .failed, .expired, .unverified]

    private static func deliveries(_ count: Int, _ random: inout SplitMix64) -> [SealedDelivery] {
        (0..<count).map { _ in
            UpkeepArchive.delivery(
                source: ["klavi", "certn"].randomElement(using: &random) ?? "",
                kind: kinds.randomElement(using: &random) ?? "", key: "\(random.next() % UInt64(count))",
                person: "person\(random.next() % 8)", daysOld: Int64(random.next() % 100),
                verification: verifications.randomElement(using: &random) ?? .verified)
        }
    }

    private static func retention(_ random: inout SplitMix64) -> Retention {
        func terms() -> Retention.Terms {
            let days = [nil, 20, 40, 60, 80] as [Int64?]
            return Retention.Terms(
                keep: days.randomElement(using: &random)?.map(Duration.days),
                keepMetadata: days.randomElement(using: &random)?.map(Duration.days))
        }
        var sources: [String: Retention.SourceTerms] = [:]
        for name in ["klavi", "certn"] {
            var source = Retention.SourceTerms()
            source.terms = terms()
            for key in kinds.prefix(2) + ["other"] where Bool.random(using: &random) { source.routes[key] = terms() }
            for state in Retention.State.allCases where Bool.random(using: &random) { source.states[state] = terms() }
            sources[name] = source
        }
        return Retention(sources: sources)
    }

    @Test("what is taken is exactly what a dry run shows, and the archive is sound after it", arguments: 1...6)
    func dryRun(seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        // More than a slice has, so that a slice is planned after another one was carried out.
        let count = seed == 1 ? ArchiveReader.pruningSliceCount * 2 + 7 : 120
        let deliveries = Self.deliveries(count, &random)
        let retention = Self.retention(&random)
        try await UpkeepArchive.with(deliveries) { writer, reader in
            _ = try writer.placeHold(
                on: .field(ReportField("person", "person1")), reason: "x", at: UpkeepArchive.now)
            _ = try writer.placeHold(on: .delivery(DeliveryID(rawValue: 5)), reason: "x", at: UpkeepArchive.now)
            let before = try reader.check().end
            let plan = try reader.plan(retention)
            let taken = try writer.prune(by: retention)
            #expect(taken.map(\.id) == plan.map(\.id))
            #expect(taken.map(\.extent) == plan.map(\.extent))
            #expect(taken.map(\.reason) == plan.map(\.reason))
            let check = try reader.check()
            #expect(check.findings == [])
            #expect(check.end == before)
            #expect(check.deliveryCount == count - plan.count { $0.extent == .everything })
            #expect(check.prunedCount == plan.count { $0.extent == .body })
            #expect(try UpkeepArchive.orphanCount(reader) == 0)
            // Only what waited for its repeats goes in a second run.
            #expect(try writer.prune(by: retention).allSatisfy { $0.extent == .everything })
            #expect(try writer.prune(by: retention) == [])
            #expect(try reader.check().findings == [])
        }
    }

    @Test("whatever moment a crash comes at, the archive is sound, and a second run finishes")
    func crash() async throws {
        var random = SplitMix64(seed: 7)
        let deliveries = Self.deliveries(300, &random)
        var terms = Retention.SourceTerms()
        terms.terms = Retention.Terms(keep: .days(30), keepMetadata: .days(60))
        let retention = Retention(sources: ["klavi": terms, "certn": terms])
        try await UpkeepArchive.with(deliveries) { writer, reader in
            let expected = try reader.plan(retention)
            // Each copy is the file between two transactions: what a crash there leaves.
            let copies = Mutex<[ArchiveLocation]>([])
            func copy(_ name: String) throws {
                let location = ArchiveLocation(path: writer.location.path + "." + name)
                try reader.backUp(to: location)
                copies.withLock { $0.append(location) }
            }
            try copy("before")
            for (number, part) in stride(from: 0, to: expected.count, by: expected.count / 3).enumerated() {
                let end = min(part + expected.count / 3, expected.count)
                #expect(try writer.prune(Array(expected[part..<end]), at: UpkeepArchive.now).count == end - part)
                try copy("\(number)")
            }
            #expect(try reader.readableIDs().isEmpty == false)
            let done = try Self.content(reader)
            for location in copies.withLock({ $0 }) {
                try await TestArchive.withWriter(at: location) { restarted in
                    let restartedReader = try ArchiveReader(location)
                    #expect(try restartedReader.check().findings == [])
                    #expect(try UpkeepArchive.orphanCount(restartedReader) == 0)
                    _ = try restarted.prune(expected, at: UpkeepArchive.now)
                    #expect(try restartedReader.check().findings == [])
                    #expect(try UpkeepArchive.orphanCount(restartedReader) == 0)
                    #expect(try Self.content(restartedReader) == done)
                }
            }
        }
    }

    /// What is there, but for when and in how many runs the rest went.
    private static func content(_ reader: ArchiveReader) throws -> [String] {
        try reader.strings("SELECT id || ' ' || hex(chain) FROM journal ORDER BY id")
            + reader.strings("SELECT journalId || ' ' || encoding || ' ' || hex(bytes) FROM body ORDER BY journalId")
            + reader.strings("SELECT id || ' ' || categoryId FROM report ORDER BY id")
            + reader.strings("SELECT reportId || ' ' || value FROM field ORDER BY reportId")
    }

    @Test(
        "a job that was left after some of its parts leaves nothing half done, and another finishes it",
        arguments: [1, 2, 5, 9])
    func droppedJob(partCount: Int) async throws {
        var random = SplitMix64(seed: 11)
        var terms = Retention.SourceTerms()
        terms.terms = Retention.Terms(keep: .days(1), keepMetadata: .days(50))
        let retention = Retention(sources: ["klavi": terms, "certn": terms])
        try await UpkeepArchive.with(Self.deliveries(30, &random)) { writer, reader in
            let plan = try reader.plan(retention)
            let dropped = Pruning(plan, now: UpkeepArchive.now)
            for _ in 0..<partCount {
                let progress = try writer.perform { try dropped.carryOutPart($0, .atOnce()) }
                #expect(progress == .unfinished)
            }
            #expect(dropped.carriedOut.count == partCount)
            #expect(try reader.check().findings == [])
            #expect(try UpkeepArchive.orphanCount(reader) == 0)
            let left = try reader.plan(retention)
            #expect(left.count >= plan.count - partCount)
            #expect(try writer.prune(by: retention).texts == left.texts)
            #expect(try reader.check().findings == [])
            #expect(try UpkeepArchive.orphanCount(reader) == 0)
        }
    }

    @Test("pruning beside rebuilds takes no report from a delivery that stays, and no held body")
    func besideRebuilds() async throws {
        let deliveries = (0..<200).map { number in
            UpkeepArchive.delivery(key: "\(number)", person: number % 10 == 0 ? "ana" : "ben")
        }
        try await UpkeepArchive.with(deliveries) { writer, reader in
            _ = try writer.placeHold(
                on: .field(ReportField("person", "ana")), reason: "x", at: UpkeepArchive.now)
            let failure = Mutex<(any Error)?>(nil)
            let hasEnded = Mutex(false)
            Thread {
                do {
                    for _ in 0..<5 {
                        try writer.clearProjection()
                        try writer.project()
                    }
                } catch {
                    failure.withLock { $0 = error }
                }
                hasEnded.withLock { $0 = true }
            }.start()
            // Plans that are old by the time they are carried out.
            while !hasEnded.withLock({ $0 }) {
                for decision in try reader.plan(.of(keep: 1)).prefix(3) {
                    _ = try writer.prune([decision], at: UpkeepArchive.now)
                }
            }
            #expect(failure.withLock { $0 } == nil)
            try writer.project()
            try writer.prune(by: .of(keep: 1))
            #expect(try reader.number("SELECT count(*) FROM report") == 200)
            #expect(try reader.number("SELECT count(*) FROM field") == 200)
            #expect(try reader.readableIDs() == stride(from: 1, to: 200, by: 10).map { $0 })
            #expect(try reader.check().findings == [])
            #expect(try UpkeepArchive.orphanCount(reader) == 0)
        }
    }

    @Test("pruning, repacking and giving space back beside commits loses none of what was acknowledged")
    func besideCommits() async throws {
        var random = SplitMix64(seed: 3)
        var bodies = LikeBodies(seed: 3)
        let old = (0..<300).map { number in
            UpkeepArchive.delivery(key: "\(number)", body: .sealed(bodies.next("income")))
        }
        let new = (0..<400).map { number in
            UpkeepArchive.delivery(
                key: "new\(number)", daysOld: 0, body: .sealed(random.bytes(Int(random.next() % 3000))))
        }
        try await UpkeepArchive.with(old) { writer, reader in
            try writer.train(DictionaryScope(source: "klavi", kind: nil))
            let ended = Mutex(false)
            let failure = Mutex<(any Error)?>(nil)
            let upkeep = Thread {
                do {
                    _ = try writer.repackAll(after: DeliveryID(rawValue: 0))
                    try writer.prune(by: .of(keep: 40, keepMetadata: 90))
                    try writer.vacuumAll()
                } catch {
                    failure.withLock { $0 = error }
                }
                ended.withLock { $0 = true }
            }
            upkeep.start()
            for batch in stride(from: 0, to: new.count, by: 10) {
                try await writer.commitTogether(Array(new[batch..<batch + 10]))
            }
            while !ended.withLock({ $0 }) { await Task.yield() }
            #expect(failure.withLock { $0 } == nil)
            #expect(try reader.number("SELECT count(*) FROM journal WHERE id > 300") == 400)
            for (index, delivery) in new.enumerated() {
                let stored = try reader.delivery(DeliveryID(rawValue: Int64(index) + 301))
                #expect(stored?.bodySHA256 == delivery.body.sha256)
            }
            #expect(try reader.check().findings == [])
            #expect(try reader.number("SELECT count(*) FROM journal") == 400)
        }
    }
}

extension UpkeepArchive {
    /// Rows that refer to others that are not there.
    static func orphanCount(_ reader: ArchiveReader) throws -> Int64 {
        try reader.number(
            """
            SELECT (SELECT count(*) FROM field WHERE reportId NOT IN (SELECT id FROM report))
                + (SELECT count(*) FROM attempt WHERE reportId NOT IN (SELECT id FROM report))
                + (SELECT count(*) FROM report WHERE id >> 20 NOT IN (SELECT id FROM journal))
                + (SELECT count(*) FROM attempt WHERE id >> 20 NOT IN (SELECT id FROM journal))
                + (SELECT count(*) FROM journal WHERE id NOT IN (SELECT journalId FROM body))
                + (SELECT count(*) FROM body WHERE journalId NOT IN (SELECT id FROM journal))
                + (SELECT count(*) FROM body WHERE sameAs NOT IN (
                    SELECT journalId FROM body WHERE encoding IN ('raw', 'zlib')))
            """)
    }
}
