package import Deliveries

/// Bodies were pruned. In each entry a summary replaced the body; the index is rebuilt from it.
package struct PruneRecord: Sendable, Equatable, Codable {
    package struct Pruned: Sendable, Equatable, Codable {
        package let delivery: DeliveryID
        /// The commitment of the summary in 64 hexadecimal digits. Through it the chain covers the summary.
        package let summary: String
    }

    package let reason: String
    package let pruned: [Pruned]

    package init(reason: String, pruned: [Pruned]) {
        self.reason = reason
        self.pruned = pruned
    }
}

/// Whole entries were removed.
package struct ExpiryRecord: Sendable, Equatable, Codable {
    package let reason: String
    /// The first and last positions of the removed runs: `[[1, 20], [25, 25]]`.
    package let runs: [[Int64]]

    package init(reason: String, runs: [ClosedRange<Int64>]) {
        self.reason = reason
        self.runs = runs.map { [$0.lowerBound, $0.upperBound] }
    }

    /// Runs of ascending positions.
    package static func runs(of positions: [Int64]) -> [ClosedRange<Int64>] {
        var runs: [ClosedRange<Int64>] = []
        for position in positions {
            if let last = runs.last, last.upperBound == position - 1 {
                runs[runs.count - 1] = last.lowerBound...position
            } else {
                runs.append(position...position)
            }
        }
        return runs
    }

    /// The runs as ranges, without invalid ones.
    package var ranges: [ClosedRange<Int64>] {
        runs.compactMap { $0.count == 2 && $0[0] <= $0[1] ? $0[0]...$0[1] : nil }
    }
}

/// The retention settings from now on. Deletions that only they cause wait for the grace time.
package struct RetentionRecord: Sendable, Equatable, Codable {
    /// The settings as text. Equal texts mean equal settings.
    package let settings: String
    /// True if a person confirmed them: then deletions do not wait.
    package let isConfirmed: Bool

    package init(settings: String, isConfirmed: Bool) {
        self.settings = settings
        self.isConfirmed = isConfirmed
    }
}
