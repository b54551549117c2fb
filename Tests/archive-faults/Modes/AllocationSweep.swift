import Foundation
import GRDBSQLite
import Journal
import TestKit

/// Makes allocations in SQLite fail. The runs are in separate processes, because GRDB ends the process after some
/// failures. Afterwards this process verifies that no acknowledged entry is lost.
///
/// ```
/// this process ─ starts at n ─▶ part: n, n + step, … ─ ends: says why, or is killed by a trap at m
///       ▲                                                            │
///       └──────── examines the archive of m, continues after m ◀──────┘
/// ```
struct AllocationSweep {
    let seed: UInt64
    let distance: Int

    /// The numbers of consecutive failures to try.
    private static let lengths = [1, 21]
    /// The approximate maximum number of failing operations to try for each length.
    private static let placeCountLimit = 450

    func run() throws -> Outcome {
        var outcome = Outcome(unit: "faults")
        // Each part runs this program in a new process.
        if let program = Bundle.main.executableURL {
            setenv("CALLBOX_BINARIES", program.deletingLastPathComponent().path(percentEncoded: false), 1)
        }
        let counting = FaultPlan(operation: .allocation, first: nil, manner: .error(SQLITE_NOMEM))
        // The first run is not counted, because it includes one-time initialisation.
        _ = try OneFault(counting, .tiny)
        let count = try OneFault(counting, .tiny).tally.operationCount
        let stride = distance * max(1, (count + Self.placeCountLimit - 1) / Self.placeCountLimit)
        outcome.remarks = ["\(count) allocations a run", "stride \(stride)", "seed \(seed)"]
        // The number of traps for each line of GRDB.
        var trapCounts: [String: Int] = [:]
        for length in Self.lengths {
            outcome.expectedCount += count / stride
            var first: Int? = 1
            while let start = first {
                Watchdog.shared.rest()
                let part = try Part(length: length, first: start, stride: stride, seed: seed)
                outcome.exercisedCount += part.faultCount
                outcome.note(part.violations, at: "allocations")
                if let trap = part.trap { trapCounts[trap.line, default: 0] += 1 }
                first = part.trap.map { AllocationPart.place(after: $0.place, stride: stride, seed: seed) }
            }
        }
        for (line, count) in trapCounts.sorted(by: { $0.key < $1.key }) {
            print("\(line) ended the process \(count) times")
        }
        outcome.remarks.append("\(trapCounts.values.reduce(0, +)) ended the process inside GRDB")
        return outcome
    }

    private struct Part {
        var faultCount = 0
        var violations: [String] = []
        /// The number of the failed operation that ended the process, and the line of GRDB.
        var trap: (place: Int, line: String)?

        init(length: Int, first: Int, stride: Int, seed: UInt64) throws {
            let folder = try TemporaryFolder()
            let result = try BuiltBinary.run(
                "archive-faults", ["allocations-part", "\(length)", "\(first)", "\(stride)", "\(seed)", folder.path],
                environment: ["SWIFT_BACKTRACE": "enable=no"])
            var last = first
            for line in result.lines {
                let words = line.split(separator: " ", maxSplits: 1).map(String.init)
                switch words.first {
                case "at": last = Int(words[1]) ?? last
                case "fault": faultCount += 1
                case "violation:": violations.append(words[1])
                default: break
                }
            }
            if result.lines.last == "end" { return }
            let place = "allocation \(last), \(length) in a row"
            if result.error.hasPrefix("GRDB/"), let end = result.error.range(of: ": Fatal error") {
                trap = (last, String(result.error[..<end.lowerBound]))
                faultCount += 1
            } else {
                violations.append("\(place): the process ended with \(result.status): \(result.error.suffix(500))")
            }
            let ledger = Ledger.reading(AllocationPart.acknowledgements(folder.path, last))
            let directory = AllocationPart.directory(folder.path, last)
            violations += Examination(workload: .tiny).violations(at: directory, durable: ledger.durable)
                .map { "\(place), after a trap: \($0)" }
        }
    }
}
