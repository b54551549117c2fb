internal import Deliveries
internal import Journal
package import ReportIndex

/// Totals by up to three dimensions, in bounded memory: what comes when there are too many groups is counted as one.
package struct GroupedTotals {
    /// A group and what it comes to.
    package struct Group: Equatable {
        /// A value for each dimension; empty for the groups that are not listed by themselves.
        package let values: [String?]
        package let totals: ArrivalTotals
        /// How many groups it stands for, where it stands for several.
        package var otherCount = 0
    }

    /// Groups that are told apart.
    package static let groupLimit = 10_000

    package let dimensions: [StatsDimension]
    private let groupLimit: Int
    private var groups: [[String?]: ArrivalTotals] = [:]
    private var other = ArrivalTotals()
    package private(set) var total = ArrivalTotals()

    package init(_ dimensions: [StatsDimension], groupLimit: Int = groupLimit) {
        self.dimensions = dimensions
        self.groupLimit = groupLimit
    }

    package mutating func add(_ key: ArrivalKey, _ totals: ArrivalTotals, _ slots: TimeSlots) {
        total += totals
        let values = dimensions.map { $0.value(of: key, slots) }
        if groups[values] != nil || groups.count < groupLimit {
            groups[values, default: ArrivalTotals()] += totals
        } else {
            other += totals
        }
    }

    /// The groups: in order of time where the first dimension is one, else the greatest first.
    ///
    /// - Parameter limit: most groups; the rest is one more, at the end.
    package func ordered(limit: Int? = nil) -> [Group] {
        let all = groups.map { Group(values: $0.key, totals: $0.value) }.sorted(by: precedes)
        var listed = Array(all.prefix(limit ?? all.count))
        var rest = other
        for group in all.dropFirst(listed.count) { rest += group.totals }
        // Those beyond the bound were not told apart, so their number is not known.
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
