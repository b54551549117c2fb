import Foundation
import TestKit
import Testing

@Suite("Acknowledged deliveries survive every storage fault", .programs)
struct ArchiveFaultsTests {
    /// Parses the last line of the program: `writes: 1077 of 1077 faults, 0 violations; …`.
    private struct Summary {
        let exercisedCount: Int
        let expectedCount: Int
        let violationCount: Int

        init?(_ line: String, mode: String) {
            let words = line.split(separator: " ")
            guard words.count > 6, words[0] == "\(mode):", words[2] == "of",
                let violations = words.firstIndex(where: { $0.hasPrefix("violations") }), violations > 0,
                let exercisedCount = Int(words[1]), let expectedCount = Int(words[3]),
                let violationCount = Int(words[violations - 1])
            else { return nil }
            self.exercisedCount = exercisedCount
            self.expectedCount = expectedCount
            self.violationCount = violationCount
        }
    }

    /// Tries every fourth fault; scripts/nightly.sh tries all faults.
    ///
    /// - Parameter least: the minimum number of faults in the workload.
    @Test(
        "at least three quarters of the faults occur, and no acknowledged delivery is lost",
        arguments: [
            ("writes", 60), ("syncs", 10), ("allocations", 150),
            ("reads", 50), ("power", 25), ("kills", 70), ("syncs-counted", 200),
        ])
    func mode(_ mode: String, least: Int) throws {
        let result = try BuiltBinary.run("archive-faults", [mode, "1", "4"])
        #expect(result.status == 0, "\(result.text)\(result.error)")
        let summary = try #require(Summary(result.lines.last ?? "", mode: mode), "\(result.text)\(result.error)")
        #expect(summary.exercisedCount >= least)
        #expect(summary.exercisedCount >= summary.expectedCount * 3 / 4)
        #expect(summary.violationCount == 0)
    }

    @Test("an unknown mode is rejected")
    func unknownMode() throws {
        #expect(try BuiltBinary.run("archive-faults", ["everything"]).status == 64)
    }
}
