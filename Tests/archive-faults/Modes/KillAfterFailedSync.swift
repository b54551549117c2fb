import Foundation
import GRDBSQLite
import Journal
import TestKit

/// Tests this sequence: a failed sync of the journal, later deliveries, a kill, a new process, and a power cut on a
/// disk that has lost the writes of the failed sync.
///
/// ```
/// 1–3 acknowledged ─▶ sync fails at 4 ─▶ 5–7 ─▶ kill ─▶ a new process: 8–10 ─▶ power cut
///                                          └─▶ power cut
/// ```
/// The page cache still contains the lost writes, so the new process recovers a log that is not on the disk.
struct KillAfterFailedSync {
    let seed: UInt64

    private enum Reading: CaseIterable {
        /// Only the writer has a connection. When the connection is closed, SQLite makes a checkpoint if the disk
        /// permits this.
        case alone
        /// A read transaction is renewed after each delivery.
        case renewed
        /// A read transaction stays open.
        case held
    }

    private static let failureCounts = 1...4
    private static let byteCounts = [100, 9000, 300, 40_000, 100, 20_000, 300, 100, 9000, 300]

    func run() throws -> Outcome {
        var outcome = Outcome(unit: "power cuts")
        for reading in Reading.allCases {
            for failureCount in Self.failureCounts {
                for restarts in [false, true] {
                    let restart = restarts ? "a restart" : "no restart"
                    let place = "\(reading) reading, \(failureCount) failed syncs, \(restart)"
                    Watchdog.shared.beat(place)
                    try run(reading, failureCount, restarts, place, &outcome)
                }
            }
        }
        return outcome
    }

    private func run(
        _ reading: Reading, _ failureCount: Int, _ restarts: Bool, _ place: String, _ outcome: inout Outcome
    ) throws {
        let folder = try TemporaryFolder()
        let copy = try TemporaryFolder()
        defer { withExtendedLifetime((folder, copy)) {} }
        let workload = Workload(sessions: [[Self.byteCounts]])
        let deliveries = workload.sessions[0][0]
        let ledger = Ledger()
        FaultInjector.shared.arm(FaultPlan(operation: .sync, manner: .error(IOError.fsync)))
        DiskRecorder.shared.start()
        let session = try Session(ArchiveDirectory(path: folder.path), ledger, isAlone: reading == .alone)
        for delivery in deliveries[0..<3] { session.deliver([delivery]) }
        session.index()
        FaultInjector.shared.arm(
            FaultPlan(operation: .sync, first: 1, length: failureCount, manner: .error(IOError.fsync)))
        for delivery in deliveries[3..<7] {
            session.deliver([delivery])
            if reading == .renewed { session.renewReader() }
            session.index()
        }
        outcome.expectedCount += SimulatedDisk.Survival.allCases.count
        if restarts {
            for name in try folder.names() where !name.hasSuffix("-shm") {
                try FileManager.default.copyItem(atPath: folder.path(of: name), toPath: copy.path(of: name))
            }
            DiskRecorder.shared.filesWereCopied()
            let second = try Session(ArchiveDirectory(path: copy.path), ledger)
            for delivery in deliveries[7...] {
                second.deliver([delivery])
                second.renewReader()
            }
            try cut(DiskRecorder.shared.events, workload, ledger, place, &outcome)
            second.close()
        } else {
            try cut(DiskRecorder.shared.events, workload, ledger, place, &outcome)
        }
        _ = DiskRecorder.shared.stop()
        FaultInjector.shared.disarm()
        session.close()
        outcome.note(ledger.violations, at: place)
    }

    private func cut(
        _ recording: [DiskEvent], _ workload: Workload, _ ledger: Ledger, _ place: String, _ outcome: inout Outcome
    ) throws {
        var generator = SplitMix64(seed: seed)
        // Recording is paused during the examination.
        DiskRecorder.shared.pause()
        defer { DiskRecorder.shared.resume() }
        try PowerCuts(workload: workload, recording: recording, durable: ledger.durable, failedSync: .loses)
            .run(at: [recording.count], using: &generator) { violations, cut in
                outcome.exercisedCount += 1
                outcome.note(violations, at: "\(place), \(cut)")
            }
    }
}
