package import Deliveries

/// Bodies were pruned. In each entry a summary, from which the index is rebuilt, took the body's place.
package struct PruneRecord: Sendable, Equatable, Codable {
    /// One pruned delivery.
    package struct Pruned: Sendable, Equatable, Codable {
        package let delivery: DeliveryID
        /// The salted commitment of the summary, so that the chain covers it: 64 hexadecimal digits.
        package let summary: String
    }

    package let reason: String
    package let pruned: [Pruned]
}

/// Entries were removed whole.
package struct ExpiryRecord: Sendable, Equatable, Codable {
    package let reason: String
    /// Positions in runs: `[[1, 20], [25, 25]]`.
    package let runs: [[Int64]]

    package init(reason: String, runs: [ClosedRange<Int64>]) {
        self.reason = reason
        self.runs = runs.map { [$0.lowerBound, $0.upperBound] }
    }

    /// The runs as ranges; those that are none are left out.
    package var ranges: [ClosedRange<Int64>] {
        runs.compactMap { $0.count == 2 && $0[0] <= $0[1] ? $0[0]...$0[1] : nil }
    }
}

/// The retention settings that hold from now on. What only they would delete waits for the grace time.
package struct RetentionRecord: Sendable, Equatable, Codable {
    /// The settings as text, each equal to another only if it means the same.
    package let settings: String
    /// Whether a person confirmed them: then nothing waits.
    package let isConfirmed: Bool

    package init(settings: String, isConfirmed: Bool) {
        self.settings = settings
        self.isConfirmed = isConfirmed
    }
}
