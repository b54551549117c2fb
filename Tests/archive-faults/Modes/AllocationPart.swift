import Foundation
import GRDBSQLite
import Journal
import TestKit

/// One process of `AllocationSweep`. It repeats the workload, makes a later allocation fail each time, and prints its
/// progress.
struct AllocationPart {
    let length: Int
    let first: Int
    let stride: Int
    let seed: UInt64
    let folder: String

    init?(_ arguments: [String]) {
        guard arguments.count == 5, let length = Int(arguments[0]), let first = Int(arguments[1]),
            let stride = Int(arguments[2]), let seed = UInt64(arguments[3])
        else { return nil }
        self.length = length
        self.first = first
        self.stride = stride
        self.seed = seed
        self.folder = arguments[4]
    }

    func run() throws {
        var place = first
        while true {
            Watchdog.shared.beat("allocation \(place), \(length) in a row")
            say("at \(place)")
            let directory = Self.directory(folder, place)
            try FileManager.default.createDirectory(atPath: folder + "/\(place)", withIntermediateDirectories: true)
            let ledger = Ledger(acknowledgementsAt: Self.acknowledgements(folder, place))
            FaultInjector.shared.arm(
                FaultPlan(operation: .allocation, first: place, length: length, manner: .error(SQLITE_NOMEM)))
            Workload.tiny.run(directory, ledger)
            let tally = FaultInjector.shared.disarm()
            let examined = Examination(workload: .tiny).violations(at: directory, durable: ledger.durable)
            for violation in ledger.violations + examined {
                say("violation: allocation \(place), \(length) in a row: \(violation)")
            }
            try FileManager.default.removeItem(atPath: folder + "/\(place)")
            guard tally.faultCount > 0 else { break }
            say("fault")
            place = Self.place(after: place, stride: stride, seed: seed)
        }
        say("end")
    }

    /// The number of the next operation to fail. On average, this operation is one stride after the last failed
    /// operation. The distance is random, because a fixed stride could coincide with a period of the workload.
    static func place(after place: Int, stride: Int, seed: UInt64) -> Int {
        guard stride > 1 else { return place + 1 }
        var generator = SplitMix64(seed: seed ^ UInt64(place))
        return place + Int.random(in: 1...max(1, 2 * stride - 1), using: &generator)
    }

    static func directory(_ folder: String, _ place: Int) -> ArchiveDirectory {
        ArchiveDirectory(path: "\(folder)/\(place)")
    }

    static func acknowledgements(_ folder: String, _ place: Int) -> String {
        "\(folder)/\(place)/acknowledged"
    }

    private func say(_ line: String) {
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }
}
