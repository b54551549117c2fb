internal import CallboxConfiguration
internal import Deliveries
internal import TerminalOutput
internal import TextForms

/// Parses times on the command line.
enum MomentText {
    /// Parses `now`, `today`, `yesterday`, an age such as `7d` (7 days before `now`), a date or a time. Values without
    /// a time zone use the zone of `clock`.
    static func parse(_ text: String, now: Timestamp, clock: DayClock) -> Timestamp? {
        switch text {
        case "now": return now
        case "today": return clock.startOfDay(of: now)
        // The time one hour before the start of today is always in yesterday. Subtracting 24 hours would be wrong,
        // because a day can have 23 or 25 hours.
        case "yesterday":
            return clock.startOfDay(of: now).flatMap { clock.startOfDay(of: $0.advanced(byMilliseconds: -3_600_000)) }
        default: break
        }
        if let ago = Quantity.duration(text) { return now.advanced(byMilliseconds: -ago.milliseconds) }
        return clock.start(ofDay: text) ?? clock.moment(atLocalTime: text) ?? TimeText.read(text)
    }
}
