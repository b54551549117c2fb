/// A range of arrivals cut into parts, newest first. The first parts are small, because their results are shown at once.
struct ScanParts {
    private static let firstCount: Int64 = 32

    private let first: Int64
    private var last: Int64
    private var count = firstCount
    private let greatestCount: Int64

    /// - Parameter greatestCount: most deliveries in a part.
    init(_ arrivals: ClosedRange<Int64>, greatestCount: Int64) {
        first = ArrivalID(rawValue: arrivals.lowerBound).deliveryID
        last = ArrivalID(rawValue: arrivals.upperBound).deliveryID
        self.greatestCount = greatestCount
    }

    /// Deliveries that are left.
    var remaining: Int64 {
        max(0, last - first + 1)
    }

    mutating func next() -> (arrivals: ClosedRange<Int64>, deliveryCount: Int64)? {
        guard remaining > 0 else { return nil }
        let size = min(count, remaining)
        let range =
            ArrivalID(last - size + 1, 0).rawValue...(ArrivalID(last, 0).rawValue + Int64(ArrivalID.ordinalLimit))
        last -= size
        count = min(count * 2, greatestCount)
        return (range, size)
    }
}
