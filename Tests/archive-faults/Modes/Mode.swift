import GRDBSQLite
import TestKit

enum Mode: String, CaseIterable {
    case writes
    case syncs
    case allocations
    case reads
    case power
    case kills
    case syncsCounted = "syncs-counted"

    /// - Parameter distance: the number by which the number of faults is divided.
    func run(seed: UInt64, distance: Int) throws -> Outcome {
        switch self {
        case .writes:
            let variants = [
                ("journal, I/O error", FaultPlan(operation: .write, manner: .error(IOError.write))),
                ("journal, torn", FaultPlan(operation: .write, manner: .torn(IOError.write))),
                ("index, torn", FaultPlan(operation: .write, database: .index, manner: .torn(IOError.write))),
                (
                    "disk full for a while",
                    FaultPlan(operation: .write, database: nil, length: 40, manner: .error(SQLITE_FULL))
                ),
            ]
            return try FaultSweep(variants: variants, stride: 3 * distance, seed: seed).run()
        case .syncs:
            return try syncs(seed: seed, distance)
        case .allocations:
            return try AllocationSweep(seed: seed, distance: distance).run()
        case .reads:
            var workload = Workload.small
            workload.readsBack = true
            let databases: [FaultPlan.Database] = [.journal, .index]
            let variants = databases.map {
                ("\($0)", FaultPlan(operation: .read, database: $0, manner: .error(IOError.read)))
            }
            return try FaultSweep(variants: variants, workload: workload, stride: distance, seed: seed).run()
        case .power:
            return try power(seed: seed, distance)
        case .kills:
            return try KillAfterFailedSync(seed: seed).run()
        case .syncsCounted:
            return try SyncCount().run()
        }
    }

    /// Cuts the power after each failed sync, on a disk that keeps the unsynced writes and on a disk that drops them.
    private func syncs(seed: UInt64, _ distance: Int) throws -> Outcome {
        var generator = SplitMix64(seed: seed)
        let manner = FaultPlan.Manner.error(IOError.fsync)
        var sweep = FaultSweep(
            variants: [
                ("journal", FaultPlan(operation: .sync, manner: manner)),
                ("journal, 3 in a row", FaultPlan(operation: .sync, length: 3, manner: manner)),
                ("index", FaultPlan(operation: .sync, database: .index, manner: manner)),
            ], stride: distance, seed: seed, records: true)
        var restartCount = 0
        sweep.examine = { run in
            // Cuts the power after the failed sync, after the last response, at a random later event, and at the end.
            let lastResponse = run.recording.lastIndex { if case .acknowledge = $0 { true } else { false } }
            let failure = run.recording.firstIndex { if case .failedSync = $0 { true } else { false } }
            let end = run.recording.count
            let later = [Int.random(in: (failure ?? 0)...end, using: &generator)]
            let places = Set([failure, lastResponse].compactMap { $0.map { $0 + 1 } } + later + [end])
            var violations: [String] = []
            for failedSync in [SimulatedDisk.FailedSync.keeps, .loses] {
                let cuts = PowerCuts(
                    workload: .small, recording: run.recording, durable: run.ledger.durable, failedSync: failedSync)
                try cuts.run(at: places, [.nothing, .something], using: &generator) { found, place in
                    restartCount += 1
                    violations += found.map { "a failed sync \(failedSync) its writes, \(place): \($0)" }
                }
            }
            return violations
        }
        var outcome = try sweep.run()
        outcome.remarks.append("\(restartCount) power cuts after them")
        return outcome
    }

    private static let powerCutCount = 36

    private func power(seed: UInt64, _ distance: Int) throws -> Outcome {
        var generator = SplitMix64(seed: seed)
        var outcome = Outcome(unit: "restarts")
        let plan = FaultPlan(operation: .write, first: nil, manner: .error(IOError.write))
        var workload = Workload.large
        workload.indexesInBackground = true
        let run = try OneFault(plan, workload, records: true)
        outcome.note(run.violations, at: "the recording")
        let recording = run.recording
        // The most critical cuts are directly before and after syncs. The other cuts are random.
        let syncs = recording.indices.filter { recording[$0].isSync }
        let randomCount = Self.powerCutCount / 3 / distance
        var places = Set(recording.indices.shuffled(using: &generator).prefix(randomCount))
        for sync in syncs.shuffled(using: &generator).prefix(randomCount) {
            places.formUnion([sync, sync + 1])
        }
        outcome.expectedCount = places.count * SimulatedDisk.Survival.allCases.count
        try PowerCuts(workload: .large, recording: recording, durable: run.ledger.durable)
            .run(at: places, using: &generator) { violations, place in
                outcome.exercisedCount += 1
                outcome.note(violations, at: place)
            }
        outcome.remarks.append("\(recording.count) events with \(syncs.count) syncs")
        return outcome
    }
}
