internal import Deliveries

/// Where a report arrived: a delivery's number and the place in it, in one integer that grows with both. A report's own number
/// is that of its first arrival, so a rebuild gives every report the number it had.
struct ArrivalID: Hashable, Comparable {
    /// Reports that one delivery may bring.
    static let ordinalLimit = (1 << 20) - 1
    /// The greatest number of a delivery that has room in an arrival's.
    static let deliveryLimit: Int64 = (1 << 43) - 1
    /// Deliveries whose fields lie together in the index.
    private static let segmentBits: Int64 = 12
    private static let ordinalBits: Int64 = 20

    let rawValue: Int64

    init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    /// - Parameter ordinal: from 1 to `ordinalLimit`.
    init(_ delivery: Int64, _ ordinal: Int) {
        self.rawValue = delivery << Self.ordinalBits | Int64(ordinal)
    }

    var deliveryID: Int64 {
        rawValue >> Self.ordinalBits
    }

    var ordinal: Int {
        Int(rawValue & Int64(Self.ordinalLimit))
    }

    /// The segment of the field index.
    var segment: Int64 {
        deliveryID >> Self.segmentBits
    }

    /// The segment in which a delivery's reports have their fields.
    static func segment(ofDelivery id: Int64) -> Int64 {
        id >> segmentBits
    }

    static func < (one: ArrivalID, other: ArrivalID) -> Bool {
        one.rawValue < other.rawValue
    }
}
