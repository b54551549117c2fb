package import Journal

/// The statuses by which a receiver accepts a delivery: `2xx`, `204` or `200,201`.
package struct ExpectedStatuses: Sendable, Equatable {
    private let ranges: [ClosedRange<Int>]

    /// The default. A redirect is not followed, so 3xx is a failure.
    package static let success = ExpectedStatuses(ranges: [200...299])

    private init(ranges: [ClosedRange<Int>]) {
        self.ranges = ranges
    }

    /// Parses up to 20 items, separated by commas. An item is a status from 100 to 599 or a class of statuses such as
    /// `2xx`.
    package init?(_ text: String) {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count <= 20 else { return nil }
        var ranges: [ClosedRange<Int>] = []
        for part in parts {
            let isClass = part.hasSuffix("xx")
            let digits = isClass ? part.dropLast(2) : part
            guard digits.utf8.count == (isClass ? 1 : 3), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                let number = Int(digits), (1...5).contains(isClass ? number : number / 100)
            else { return nil }
            ranges.append(isClass ? number * 100...number * 100 + 99 : number...number)
        }
        self.ranges = ranges
    }

    package func contains(_ status: Int) -> Bool {
        ranges.contains { $0.contains(status) }
    }

    /// True if the receiver accepted a recorded replay.
    package func accepts(_ record: ReplayRecord) -> Bool {
        guard case .responded(let status, _, _) = record.outcome else { return false }
        return contains(status)
    }
}
