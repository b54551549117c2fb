package import Deliveries

/// The totals of several arrivals.
package struct ArrivalTotals: Sendable, Equatable {
    /// The number of first arrivals.
    package var reportCount: Int64 = 0
    /// The number of arrivals, including repeats.
    package var arrivalCount: Int64 = 0
    /// The size, in bytes, of the bodies as they arrived. A body with several reports is counted only for the first
    /// report.
    package var bodyByteCount: Int64 = 0
    /// The size of the stored bodies, in bytes.
    package var storedByteCount: Int64 = 0
    package var first: Timestamp?
    package var last: Timestamp?

    package init() {}

    /// The totals of one arrival.
    ///
    /// - Parameter bodyByteCount: 0 if the body is counted for another report.
    package init(isFirst: Bool, bodyByteCount: Int64, storedByteCount: Int64, at time: Timestamp) {
        reportCount = isFirst ? 1 : 0
        arrivalCount = 1
        self.bodyByteCount = bodyByteCount
        self.storedByteCount = storedByteCount
        first = time
        last = time
    }

    /// Adds totals. Clamps the sums, because a damaged archive may contain any number.
    package static func += (totals: inout ArrivalTotals, other: ArrivalTotals) {
        totals.reportCount.addClamped(other.reportCount)
        totals.arrivalCount.addClamped(other.arrivalCount)
        totals.bodyByteCount.addClamped(other.bodyByteCount)
        totals.storedByteCount.addClamped(other.storedByteCount)
        if let first = other.first { totals.first = min(totals.first ?? first, first) }
        if let last = other.last { totals.last = max(totals.last ?? last, last) }
    }
}

/// The properties by which arrivals are grouped.
package struct ArrivalKey: Hashable, Sendable {
    package let source: String
    package let provider: String
    package let type: String
    package let route: Route?
    package let verification: Verification
    /// The number of the time slot, counted from 1970.
    package let slot: Int64

    package init(
        source: String, provider: String, type: String, route: Route?, verification: Verification, slot: Int64
    ) {
        self.source = source
        self.provider = provider
        self.type = type
        self.route = route
        self.verification = verification
        self.slot = slot
    }

    /// Compares bytes, because types that differ only in Unicode normalisation are different types.
    package static func == (one: ArrivalKey, other: ArrivalKey) -> Bool {
        one.texts == other.texts && one.route?.rule == other.route?.rule && one.verification == other.verification
            && one.slot == other.slot
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(texts)
        hasher.combine(slot)
    }

    private var texts: [ByteText?] {
        [ByteText(source), ByteText(provider), ByteText(type), route.map { ByteText($0.topic) }]
    }
}

/// Time slots of equal length, the first of which starts at 1970-01-01T00:00:00Z.
package struct TimeSlots: Sendable, Equatable {
    package let milliseconds: Int64

    package static let minutes = TimeSlots(milliseconds: 60_000)
    package static let hours = TimeSlots(milliseconds: 3_600_000)

    /// - Parameter milliseconds: the length of a slot; must be more than 0.
    package init(milliseconds: Int64) {
        self.milliseconds = max(1, milliseconds)
    }

    package func slot(of moment: Timestamp) -> Int64 {
        let time = moment.millisecondsSinceEpoch
        let quotient = time / milliseconds
        return time % milliseconds < 0 ? quotient - 1 : quotient
    }

    /// The start of a slot, clamped to the range of `Timestamp`.
    package func start(of slot: Int64) -> Timestamp {
        let (time, overflow) = slot.multipliedReportingOverflow(by: milliseconds)
        return Timestamp(millisecondsSinceEpoch: overflow ? (slot < 0 ? .min : .max) : time)
    }
}

extension Int64 {
    fileprivate mutating func addClamped(_ other: Int64) {
        let (sum, overflow) = addingReportingOverflow(other)
        self = overflow ? (other < 0 ? .min : .max) : sum
    }
}
