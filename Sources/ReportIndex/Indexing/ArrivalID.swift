/// The position of a delivery and the ordinal of a report in it, combined in an integer that orders arrivals. A report
/// has the ID of its first arrival, so a rebuild creates the same IDs.
struct ArrivalID: RawRepresentable, Hashable, Comparable {
    /// The maximum number of reports of one delivery.
    static let ordinalLimit = (1 << ordinalBits) - 1
    /// The maximum position of a delivery that fits into an ID.
    static let deliveryLimit: Int64 = (1 << 43) - 1
    private static let ordinalBits: Int64 = 20
    /// A segment of the field index holds 4,096 deliveries.
    private static let segmentBits: Int64 = 12

    let rawValue: Int64

    init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    /// - Parameter ordinal: from 1 to `ordinalLimit`; 0 creates an ID before the first report of the delivery.
    init(_ delivery: Int64, _ ordinal: Int) {
        self.rawValue = delivery << Self.ordinalBits | Int64(ordinal)
    }

    /// The range that contains all arrivals of these deliveries. Clamps positions that an ID cannot represent.
    static func range(_ deliveries: ClosedRange<Int64>) -> ClosedRange<Int64> {
        let clamped = deliveries.clamped(to: 0...deliveryLimit)
        return ArrivalID(clamped.lowerBound, 0).rawValue...ArrivalID(clamped.upperBound, ordinalLimit).rawValue
    }

    /// The range of deliveries that contains these arrivals.
    static func deliveries(_ arrivals: ClosedRange<Int64>) -> ClosedRange<Int64> {
        arrivals.lowerBound >> ordinalBits...arrivals.upperBound >> ordinalBits
    }

    var deliveryID: Int64 {
        rawValue >> Self.ordinalBits
    }

    var ordinal: Int {
        Int(rawValue & Int64(Self.ordinalLimit))
    }

    var segment: Int64 {
        Self.segment(ofDelivery: deliveryID)
    }

    static func segment(ofDelivery id: Int64) -> Int64 {
        id >> segmentBits
    }

    static func < (one: ArrivalID, other: ArrivalID) -> Bool {
        one.rawValue < other.rawValue
    }
}
