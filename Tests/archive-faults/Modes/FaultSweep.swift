import ReportArchive

/// Lets the first operation fail, then the second, and so on until a run has no more of them.
struct FaultSweep {
    let operation: Operation
    /// Named for the reader of a violation.
    let manners: [(name: String, manner: FaultPlan.Manner)]
    var workload = Workload.small
    /// More to look at after each fault; gives what is wrong.
    var examine: (OneFault) throws -> [String] = { _ in [] }

    func run() throws -> Outcome {
        var outcome = Outcome(unit: "faults")
        outcome.remarks.append(manners.count == 1 ? "1 variant" : "\(manners.count) variants")
        for (name, manner) in manners {
            let clean = try OneFault(FaultPlan(operation: operation, first: nil, manner: manner), workload)
            outcome.note(clean.violations, at: "\(operation) without a fault")
            outcome.expectedCount += clean.tally.operationCount
            var first = 1
            while true {
                let place = "\(operation) \(first), \(name)"
                Watchdog.shared.beat(place)
                let plan = FaultPlan(operation: operation, first: first, manner: manner)
                let run = try OneFault(plan, workload, records: operation == .sync)
                outcome.note(run.violations + (try examine(run)), at: place)
                guard run.tally.faultCount > 0 else { break }
                outcome.exercisedCount += 1
                first += 1
            }
        }
        return outcome
    }
}
