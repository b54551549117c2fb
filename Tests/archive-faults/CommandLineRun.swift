import Foundation

/// Runs `archive-faults MODE [SEED [DISTANCE]]`, which injects faults and checks that acknowledged entries survive.
/// With a distance of 4, about every fourth fault is tried.
///
/// The last line of the output is a summary. The exit status is 0 only if faults occurred and no guarantee was
/// violated.
struct CommandLineRun {
    private let arguments: [String]

    init(_ arguments: [String]) {
        self.arguments = arguments
    }

    func exitStatus() -> Int32 {
        // A file system in memory is enough, because syncs are simulated.
        if access("/dev/shm", W_OK) == 0 { setenv("TMPDIR", "/dev/shm/", 0) }
        FaultMemory.install()
        FaultVFS.install()
        Watchdog.shared.start()
        do {
            if arguments.first == "allocations-part", let part = AllocationPart(Array(arguments.dropFirst())) {
                try part.run()
                return 0
            }
            guard let mode = arguments.first.flatMap(Mode.init), let seed = number(at: 1),
                let distance = number(at: 2), (1...1000).contains(distance)
            else { return usage() }
            let start = ContinuousClock.now
            var outcome = try mode.run(seed: seed, distance: Int(distance))
            if outcome.exercisedCount == 0 || outcome.exercisedCount < outcome.expectedCount * 3 / 4 {
                outcome.note(["only \(outcome.exercisedCount) of \(outcome.expectedCount) occurred"], at: mode.rawValue)
            }
            print(outcome.summary(mode.rawValue, ContinuousClock.now - start))
            return outcome.violationCount == 0 ? 0 : 1
        } catch {
            print("failed: \(error)")
            return 1
        }
    }

    /// The number in an argument. The number is 1 if the argument is missing, and nil if the argument is not a number.
    private func number(at index: Int) -> UInt64? {
        arguments.count > index ? UInt64(arguments[index]) : 1
    }

    private func usage() -> Int32 {
        let modes = Mode.allCases.map(\.rawValue).joined(separator: "|")
        FileHandle.standardError.write(Data("archive-faults \(modes) [SEED [DISTANCE]]\n".utf8))
        return 64
    }
}
