import TestKit

/// Makes the first operation fail, then a later operation in the next run, and so on, until a run has no further
/// operation.
struct FaultSweep {
    /// The faults and their names. The sweep sets the number of the failing operation.
    let variants: [(name: String, plan: FaultPlan)]
    var workload = Workload.small
    /// The average distance between failing operations. The seed selects the operations.
    var stride = 1
    var seed: UInt64 = 0
    /// True to record disk operations.
    var records = false
    /// Additional checks after each fault. They return the violations that they found.
    var examine: (OneFault) throws -> [String] = { _ in [] }

    func run() throws -> Outcome {
        var outcome = Outcome(unit: "faults")
        outcome.remarks.append(variants.count == 1 ? "1 variant" : "\(variants.count) variants")
        for (name, variant) in variants {
            let clean = try OneFault(variant, workload)
            outcome.note(clean.violations, at: "\(name), without a fault")
            outcome.expectedCount += clean.tally.operationCount / stride
            var plan = variant
            var first = 1
            while true {
                let place = "\(name), \(variant.operation) \(first)"
                Watchdog.shared.beat(place)
                plan.first = first
                let run = try OneFault(plan, workload, records: records)
                outcome.note(run.violations + (try examine(run)), at: place)
                guard run.tally.faultCount > 0 else { break }
                outcome.exercisedCount += 1
                first = AllocationPart.place(after: first, stride: stride, seed: seed)
            }
        }
        return outcome
    }
}
