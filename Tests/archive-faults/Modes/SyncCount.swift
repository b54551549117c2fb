import Deliveries
import Journal
import TestKit
import Threads

/// Counts the syncs of the write-ahead log. A lone delivery must have its own sync, and the deliveries of a burst must
/// share syncs. This verifies that the writing connection has `synchronous = FULL`.
struct SyncCount {
    private static let loneCount = 20
    private static let burstCount = 200
    private static let burstSyncCountLimit = 10

    func run() throws -> Outcome {
        var outcome = Outcome(unit: "deliveries with their syncs")
        outcome.expectedCount = Self.loneCount + Self.burstCount
        let folder = try TemporaryFolder()
        DiskRecorder.shared.start()
        let ledger = Ledger()
        let session = try Session(ArchiveDirectory(path: folder.path), ledger)
        for number in 1...Self.loneCount {
            Watchdog.shared.beat("lone delivery \(number)")
            let before = DiskRecorder.shared.syncCount(ofNameEnding: "journal.sqlite-wal")
            let atResponse = BlockingResult<Int, Never>()
            let delivery = TestDelivery(number, byteCount: 500)
            session.writer.commit(delivery.encoded) { response in
                _ = ledger.note(response, to: delivery)
                atResponse.finish(.success(DiskRecorder.shared.syncCount(ofNameEnding: "journal.sqlite-wal")))
            }
            outcome.exercisedCount += 1
            if atResponse.wait() <= before {
                outcome.note(["the response preceded any sync of the log"], at: "lone delivery \(number)")
            }
        }
        // The first delivery keeps the writer busy while the other deliveries are queued.
        let before = DiskRecorder.shared.syncCount(ofNameEnding: "journal.sqlite-wal")
        let burst = (1...Self.burstCount).map { TestDelivery(Self.loneCount + $0, byteCount: 500) }
        session.deliver(burst)
        outcome.exercisedCount += burst.count
        let count = DiskRecorder.shared.syncCount(ofNameEnding: "journal.sqlite-wal") - before
        if count < 1 || count > Self.burstSyncCountLimit {
            outcome.note(["\(count) syncs"], at: "\(burst.count) deliveries at once")
        }
        outcome.note(ledger.violations, at: "the deliveries")
        if ledger.durable.count != outcome.expectedCount {
            outcome.note(["\(ledger.durable.count) are durable"], at: "the deliveries")
        }
        session.close()
        _ = DiskRecorder.shared.stop()
        outcome.remarks.append("\(count) syncs for \(burst.count) deliveries at once")
        withExtendedLifetime(folder) {}
        return outcome
    }
}
