package import Deliveries
internal import Journal
internal import ReportIndex

/// Counts arrivals by time slot and by hour of the week.
struct SlotCounts {
    /// The maximum number of slots, which is enough for the hours of eleven years. It limits the memory, because a
    /// damaged file may contain any time.
    private static let slotLimit = 100_000

    let slots: TimeSlots
    private(set) var counts: [Int64: Int64] = [:]
    /// The counts of seven days from Monday, 24 hours each.
    private(set) var week = [[Int64]](repeating: [Int64](repeating: 0, count: 24), count: 7)

    private let offset: (Timestamp) -> Int64

    /// - Parameter offset: the time zone for hours of the week, in milliseconds east of UTC.
    init(_ slots: TimeSlots, offset: @escaping (Timestamp) -> Int64 = { _ in 0 }) {
        self.slots = slots
        self.offset = offset
    }

    mutating func add(_ count: Int64, in slot: Int64) {
        if counts[slot] != nil || counts.count < Self.slotLimit { counts[slot, default: 0] += count }
        let start = slots.start(of: slot)
        let hour = TimeSlots.hours.slot(of: start.advanced(byMilliseconds: offset(start)))
        let hourOfDay = hour.remainder(24)
        // Adds 3, because 1970-01-01 was a Thursday.
        let weekday = ((hour - hourOfDay) / 24).remainder(7) + 3
        week[Int(weekday % 7)][Int(hourOfDay)] += count
    }

    /// The counts at or after `start` and before `end`, in at most `limit` bars that are as short as possible.
    func chart(from start: Timestamp, to end: Timestamp, limit: Int) -> TimeChart {
        let span = max(0, end.milliseconds(since: start))
        let length =
            TimeChart.lengths.first { $0 >= slots.milliseconds && span / $0 + 2 <= Int64(max(limit, 4)) }
            ?? max(1, span / Int64(max(limit, 4) - 2))
        let bars = TimeSlots(milliseconds: length)
        let first = bars.slot(of: start)
        let count = min(Int64(max(limit, 4)), max(1, bars.slot(of: end.advanced(byMilliseconds: -1)) - first + 1))
        var values = [Int64](repeating: 0, count: Int(count))
        for (slot, arrivals) in counts {
            let moment = slots.start(of: slot)
            let place = bars.slot(of: moment) - first
            if moment < end, (0..<count).contains(place) { values[Int(place)] += arrivals }
        }
        return TimeChart(start: bars.start(of: first), barMilliseconds: length, values: values)
    }
}

/// Counts of consecutive bars.
package struct TimeChart: Equatable {
    /// The possible lengths of a bar, in milliseconds.
    package static let lengths: [Int64] =
        [1, 5, 10, 15, 30].map { $0 * 60_000 } + [1, 2, 3, 6, 12].map { $0 * 3_600_000 }
        + [1, 2, 7, 14, 30, 91, 365, 3650].map { $0 * 86_400_000 }

    package let start: Timestamp
    package let barMilliseconds: Int64
    package let values: [Int64]

    package var end: Timestamp {
        let (length, overflow) = barMilliseconds.multipliedReportingOverflow(by: Int64(values.count))
        return start.advanced(byMilliseconds: overflow ? .max : length)
    }
}

extension Int64 {
    /// The remainder of a division. Never negative.
    fileprivate func remainder(_ divisor: Int64) -> Int64 {
        let rest = self % divisor
        return rest < 0 ? rest + divisor : rest
    }
}
