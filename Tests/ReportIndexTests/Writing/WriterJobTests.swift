import Deliveries
import Dispatch
import GRDB
import Synchronization
import TestKit
import Testing

@testable import ReportArchive

/// Jobs that are done in parts between the commits.
@Suite struct WriterJobTests {
    /// What happened, in order.
    private final class Events: Sendable {
        private let events = Mutex<[String]>([])

        var all: [String] {
            events.withLock { $0 }
        }

        func add(_ event: String) {
            events.withLock { $0.append(event) }
        }

        func count(_ event: String) -> Int {
            all.count { $0 == event }
        }
    }

    @Test("a delivery that comes during a part is committed before the next part")
    func interleaving() async throws {
        try await TestArchive.withWriter { writer in
            let events = Events()
            try writer.perform(isRebuildable: true) { _, _ in
                let number = events.count("part") + 1
                events.add("part")
                writer.commit(.fixture()) { _ in events.add("commit") }
                return number == 3 ? .finished : .unfinished
            }
            writer.close()
            #expect(events.all == ["part", "commit", "part", "commit", "part", "commit"])
        }
    }

    @Test("a job that is not done yet goes on before the jobs behind it")
    func order() async throws {
        try await TestArchive.withWriter { writer in
            let events = Events()
            let held = HeldWriter(writer)
            for name in ["a", "b"] {
                let isAccepted = writer.begin(isRebuildable: true) { _, _ in
                    events.add(name)
                    return events.count(name) == 3 ? .finished : .unfinished
                } finish: { error in
                    events.add("\(name) ended, \(error.map { "\($0)" } ?? "well")")
                }
                #expect(isAccepted)
            }
            held.release()
            writer.close()
            #expect(events.all == ["a", "a", "a", "a ended, well", "b", "b", "b", "b ended, well"])
        }
    }

    @Test("a part that fails ends its job and tells why, and the next job runs")
    func failure() async throws {
        try await TestArchive.withWriter { writer in
            let events = Events()
            let code = ResultCode.SQLITE_ERROR.rawValue
            #expect(throws: ArchiveError.storageFailed(code: code)) {
                try writer.perform(isRebuildable: true) { db, _ in
                    events.add("part")
                    if events.count("part") == 2 { try db.execute(sql: "SELECT * FROM nothing") }
                    return .unfinished
                }
            }
            #expect(events.count("part") == 2)
            let answer = try writer.perform { try Int.fetchOne($0, sql: "SELECT 5") }
            #expect(answer == 5)
            #expect(await writer.outcome(of: .fixture()).id == 1)
        }
    }

    @Test("closing waits until a job's last part is done")
    func closing() async throws {
        try await TestArchive.withWriter { writer in
            let events = Events()
            let held = HeldWriter(writer)
            _ = writer.begin(isRebuildable: true) { _, _ in
                events.add("part")
                return events.count("part") == 5 ? .finished : .unfinished
            } finish: { _ in
                events.add("end")
            }
            held.release()
            writer.close()
            #expect(events.all == ["part", "part", "part", "part", "part", "end"])
        }
    }

    @Test("a part has to end at once where a delivery waits, though not before it got something done")
    func partEnd() {
        #expect(!PartEnd { true }.hasCome)
        #expect(PartEnd.atOnce().hasCome)
        let isWaiting = Atomic(false)
        let end = PartEnd { isWaiting.load(ordering: .relaxed) }
        isWaiting.store(true, ordering: .relaxed)
        while !end.hasCome {}
    }

    @Test("a part has to end after a while where no delivery waits")
    func longPart() {
        let end = PartEnd { false }
        while !end.hasCome {}
    }

    /// Notes the level of syncing at each transaction's end.
    ///
    /// `@unchecked Sendable`: made by the test, then used by the writer's thread alone; the levels are locked.
    private final class SyncRecorder: TransactionObserver, @unchecked Sendable {
        private let recorded = Mutex<[Int]>([])

        var levels: [Int] {
            recorded.withLock { $0 }
        }

        func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { true }
        func databaseDidChange(with event: DatabaseEvent) {}
        func databaseDidRollback(_ db: Database) {}

        func databaseDidCommit(_ db: Database) {
            let level = try? Int.fetchOne(db, sql: "PRAGMA synchronous")
            recorded.withLock { $0.append(level ?? -1) }
        }
    }

    @Test("what can be written again is committed without a sync, a delivery and everything else with one")
    func syncing() async throws {
        try await TestArchive.withWriter { writer in
            let recorder = SyncRecorder()
            try writer.perform { $0.add(transactionObserver: recorder, extent: .databaseLifetime) }
            try await writer.commitAll([.fixture()])
            #expect(recorder.levels == [2])
            try writer.project([.fixture(1)])
            #expect(recorder.levels == [2, 1])
            try await writer.commitAll([.fixture()])
            #expect(recorder.levels == [2, 1, 2])
            try writer.project([.fixture(2)], after: 1)
            try writer.record(.fixture())
            #expect(recorder.levels == [2, 1, 2, 1, 2])
            try writer.clearProjection()
            #expect(Set(recorder.levels.dropFirst(5)) == [1])
            let count = recorder.levels.count
            #expect(writer.quarantine(.fixture()))
            _ = try writer.promote(
                QuarantineID(rawValue: 1), as: .fixture(), at: .fixture, forcedBecause: nil)
            #expect(Set(recorder.levels.dropFirst(count)) == [2])
        }
    }

    @Test("a delivery that interrupts a job that needs no sync is committed with one")
    func syncingInBetween() async throws {
        try await TestArchive.withWriter { writer in
            let recorder = SyncRecorder()
            try writer.perform { $0.add(transactionObserver: recorder, extent: .databaseLifetime) }
            try await writer.commitAll([.fixture()])
            let batch = ProjectionBatch([.fixture(1)], after: 0)
            try writer.perform(isRebuildable: true) { db, _ in
                writer.commit(.fixture()) { _ in }
                return try batch.writePart(db, .atOnce())
            }
            writer.close()
            let levels = recorder.levels.dropFirst()
            #expect(levels.first == 1)
            #expect(levels.last == 2)
            #expect(levels.count { $0 == 1 } == levels.count { $0 == 2 })
        }
    }
}
