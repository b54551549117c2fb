import Foundation

/// `archive-faults MODE [SEED]`: injects faults and checks that acknowledged entries survive.
///
/// The last line of the output is a summary. The exit status is 0 only if faults occurred and no guarantee was
/// violated.
struct CommandLineRun {
    private static let defaultSeed: UInt64 = 1

    private let arguments: [String]

    init(_ arguments: [String]) {
        self.arguments = arguments
    }

    func exitStatus() -> Int32 {
        // A file system in memory is sufficient, because syncs are simulated.
        if access("/dev/shm", W_OK) == 0 { setenv("TMPDIR", "/dev/shm/", 0) }
        FaultMemory.install()
        FaultVFS.install()
        Watchdog.shared.start()
        do {
            if arguments.first == "allocations-part", let part = AllocationPart(Array(arguments.dropFirst())) {
                try part.run()
                return 0
            }
            guard let mode = arguments.first.flatMap(Mode.init), let seed = seed() else { return usage() }
            let start = ContinuousClock.now
            var outcome = try mode.run(seed: seed)
            if outcome.exercisedCount == 0 || outcome.exercisedCount < outcome.expectedCount * 9 / 10 {
                outcome.note(["only \(outcome.exercisedCount) of \(outcome.expectedCount) were met"], at: mode.rawValue)
            }
            print(outcome.summary(mode.rawValue, ContinuousClock.now - start))
            return outcome.violationCount == 0 ? 0 : 1
        } catch {
            print("failed: \(error)")
            return 1
        }
    }

    /// The seed; nil if the argument is not a number.
    private func seed() -> UInt64? {
        arguments.count > 1 ? UInt64(arguments[1]) : Self.defaultSeed
    }

    private func usage() -> Int32 {
        let modes = Mode.allCases.map(\.rawValue).joined(separator: "|")
        FileHandle.standardError.write(Data("archive-faults \(modes) [SEED]\n".utf8))
        return 64
    }
}
