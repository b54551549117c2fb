package import Deliveries
internal import Journal
package import ReportIndex

/// Totals, grouped by up to three dimensions. Groups beyond `groupLimit` are combined into a single group, which limits
/// the memory.
package struct GroupedTotals {
    package struct Group: Equatable {
        /// The value of each dimension; empty for the combined group.
        package let values: [String?]
        package let totals: ArrivalTotals
        /// The number of groups that are combined in this group; 0 for an ordinary group.
        package var otherCount = 0

        package init(values: [String?], totals: ArrivalTotals, otherCount: Int = 0) {
            self.values = values
            self.totals = totals
            self.otherCount = otherCount
        }
    }

    package static let groupLimit = 10_000

    package let dimensions: [StatsDimension]
    private let groupLimit: Int
    private let offset: (Timestamp) -> Int64
    private var groups: [[String?]: ArrivalTotals] = [:]
    private var other = ArrivalTotals()
    package private(set) var total = ArrivalTotals()

    /// - Parameter offset: the time zone for days, in milliseconds east of UTC.
    package init(
        _ dimensions: [StatsDimension], groupLimit: Int = groupLimit,
        offset: @escaping (Timestamp) -> Int64 = { _ in 0 }
    ) {
        self.dimensions = dimensions
        self.offset = offset
        self.groupLimit = groupLimit
    }

    package mutating func add(_ key: ArrivalKey, _ totals: ArrivalTotals, _ slots: TimeSlots) {
        total += totals
        let values = dimensions.map { $0.value(of: key, slots, offset: offset) }
        if groups[values] != nil || groups.count < groupLimit {
            groups[values, default: ArrivalTotals()] += totals
        } else {
            other += totals
        }
    }

    /// The groups, sorted by time if the first dimension is a time. Otherwise the largest group is first.
    ///
    /// - Parameter limit: the maximum number of groups. Groups beyond it are combined into an additional last group.
    package func ordered(limit: Int? = nil) -> [Group] {
        let all = groups.map { Group(values: $0.key, totals: $0.value) }.sorted(by: precedes)
        var listed = Array(all.prefix(limit ?? all.count))
        var rest = other
        for group in all.dropFirst(listed.count) { rest += group.totals }
        // `other` counts as one group, because the number of groups in it is unknown.
        let restCount = all.count - listed.count + (other.arrivalCount > 0 ? 1 : 0)
        if rest.arrivalCount > 0 { listed.append(Group(values: [], totals: rest, otherCount: restCount)) }
        return listed
    }

    private func precedes(_ one: Group, _ other: Group) -> Bool {
        let names = (one.values.map { $0 ?? "" }, other.values.map { $0 ?? "" })
        if dimensions.first?.isTime == true, let first = names.0.first, let second = names.1.first, first != second {
            return first < second
        }
        if one.totals.reportCount != other.totals.reportCount {
            return one.totals.reportCount > other.totals.reportCount
        }
        if one.totals.arrivalCount != other.totals.arrivalCount {
            return one.totals.arrivalCount > other.totals.arrivalCount
        }
        return names.0.lexicographicallyPrecedes(names.1)
    }
}
