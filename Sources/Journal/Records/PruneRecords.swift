package import Deliveries

/// Bodies were pruned. In each entry, a summary replaced the body; a rebuilt index reads the summary.
package struct PruneRecord: Sendable, Equatable, Codable {
    package struct Pruned: Sendable, Equatable, Codable {
        package let delivery: DeliveryID
        /// The commitment to the summary as 64 hexadecimal digits. The record contains the commitment, so the chain
        /// covers the summary.
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
    /// The first and last position of each removed run, for example `[[1, 20], [25, 25]]`.
    package let runs: [[Int64]]

    package init(reason: String, runs: [ClosedRange<Int64>]) {
        self.reason = reason
        self.runs = runs.map { [$0.lowerBound, $0.upperBound] }
    }

    /// Groups ascending positions into runs.
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

    /// The runs as ranges. Omits invalid runs.
    package var ranges: [ClosedRange<Int64>] {
        runs.compactMap { $0.count == 2 && $0[0] <= $0[1] ? $0[0]...$0[1] : nil }
    }
}

/// The retention settings that apply from this record on. A deletion that only the new settings require waits until the
/// grace time has passed.
package struct RetentionRecord: Sendable, Equatable, Codable {
    /// The settings as text. Equal settings have equal texts.
    package let settings: String
    /// True if a person confirmed the settings. Deletions then happen without a grace time.
    package let isConfirmed: Bool

    package init(settings: String, isConfirmed: Bool) {
        self.settings = settings
        self.isConfirmed = isConfirmed
    }
}
