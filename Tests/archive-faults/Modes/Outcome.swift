import Foundation

/// The result of a mode.
struct Outcome {
    var exercisedCount = 0
    /// The expected number of faults, calculated from the operations of a run without faults.
    var expectedCount = 0
    /// The unit of the counts, for example faults or restarts.
    let unit: String
    var remarks: [String] = []
    private(set) var violationCount = 0

    private static let printedViolationCountLimit = 20

    init(unit: String) {
        self.unit = unit
    }

    mutating func note(_ violations: [String], at place: String) {
        for violation in violations {
            violationCount += 1
            if violationCount <= Self.printedViolationCountLimit { print("violation: \(place): \(violation)") }
        }
    }

    /// The summary, such as `writes: 1500 of 1490 faults, 0 violations; 3 variants, 21.4 s`.
    func summary(_ mode: String, _ duration: Duration) -> String {
        let seconds = String(
            format: "%.1f s", Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18)
        return "\(mode): \(exercisedCount) of \(expectedCount) \(unit), \(violationCount) violations; "
            + (remarks + [seconds]).joined(separator: ", ")
    }
}
