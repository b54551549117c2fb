package import Deliveries
internal import Foundation

/// Converts moments to days and times of day in one time zone.
package struct DayClock: Sendable {
    private let zone: TimeZone

    package static let utc = DayClock(zone: .gmt)
    /// The time zone of `TZ`, or of this machine.
    package static let local = DayClock(zone: .current)

    init(zone: TimeZone) {
        self.zone = zone
    }

    /// - Parameter name: a name in the time zone database, such as `America/Sao_Paulo`, or `UTC`. The initializer
    ///   returns nil for any other name.
    package init?(zoneNamed name: String) {
        guard let zone = TimeZone(identifier: name) else { return nil }
        self.zone = zone
    }

    private var isUTC: Bool {
        ["GMT", "UTC"].contains(zone.identifier)
    }

    /// The name of the time zone for titles, such as `UTC` or `America/Sao_Paulo`.
    package var zoneName: String {
        isUTC ? "UTC" : zone.identifier
    }

    /// The day and the time of day, such as `2026-11-21` and `10:00:01`. Outside the years 0001 to 9999, the number of
    /// milliseconds and `--:--:--`.
    package func parts(of moment: Timestamp) -> (day: String, time: String) {
        let text = moment.advanced(byMilliseconds: offset(at: moment)).rfc3339
        guard text.count == 24 else { return (moment.rfc3339, "--:--:--") }
        return (String(text.prefix(10)), String(text.dropFirst(11).prefix(8)))
    }

    /// The moment as text: `2026-11-21 10:00:01Z` in UTC, `2026-11-21 07:00:01` in another zone.
    package func text(_ moment: Timestamp) -> String {
        let (day, time) = parts(of: moment)
        return moment.rfc3339.count == 24 ? "\(day) \(time)\(isUTC ? "Z" : "")" : day
    }

    /// The first moment of the day of `moment`; nil outside the years 0001 to 9999.
    package func startOfDay(of moment: Timestamp) -> Timestamp? {
        start(ofDay: parts(of: moment).day)
    }

    /// The first moment of a day such as `2026-11-21`; nil for any other text.
    package func start(ofDay day: String) -> Timestamp? {
        guard day.utf8.count == 10 else { return nil }
        return moment(atLocalTime: "\(day)T00:00:00")
    }

    /// The moment of a time without a time zone, such as `2026-11-21T10:00:00`; nil for any other text.
    package func moment(atLocalTime text: String) -> Timestamp? {
        // Seconds are optional.
        guard let asUTC = Timestamp(rfc3339: "\(text)Z".utf8) ?? Timestamp(rfc3339: "\(text):00Z".utf8) else {
            return nil
        }
        // Computes a guess with the offset at `asUTC`. If the offset changes between `asUTC` and the guess, the offset
        // at the guess is the right one.
        let guess = asUTC.advanced(byMilliseconds: -offset(at: asUTC))
        return asUTC.advanced(byMilliseconds: -offset(at: guess))
    }

    /// The offset from UTC in milliseconds, positive to the east.
    package func offset(at moment: Timestamp) -> Int64 {
        guard !isUTC, moment.rfc3339.count == 24 else { return 0 }
        let date = Date(timeIntervalSince1970: Double(moment.millisecondsSinceEpoch) / 1000)
        return Int64(zone.secondsFromGMT(for: date)) * 1000
    }
}
