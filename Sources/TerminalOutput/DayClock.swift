package import Deliveries
internal import Foundation

/// Days and times of day as people read them, in UTC or where this machine is.
package struct DayClock {
    /// Nil for UTC.
    private let zone: TimeZone?

    package static let utc = DayClock(zone: nil)
    package static let local = DayClock(zone: .current)

    init(zone: TimeZone?) {
        self.zone = zone
    }

    /// What a day is followed by where it stands alone: `UTC`, or nothing for local time.
    package var suffix: String {
        zone == nil ? " UTC" : ""
    }

    /// `2026-11-21` and `10:00:01`; for a moment outside the years 0001 to 9999 its milliseconds, and no time.
    package func parts(of moment: Timestamp) -> (day: String, time: String) {
        let text = shifted(moment).rfc3339
        guard text.count == 24 else { return (text, "--:--:--") }
        return (String(text.prefix(10)), String(text.dropFirst(11).prefix(8)))
    }

    private func shifted(_ moment: Timestamp) -> Timestamp {
        guard let zone, moment.rfc3339.count == 24 else { return moment }
        let date = Date(timeIntervalSince1970: Double(moment.millisecondsSinceEpoch) / 1000)
        return moment.advanced(byMilliseconds: Int64(zone.secondsFromGMT(for: date)) * 1000)
    }
}
