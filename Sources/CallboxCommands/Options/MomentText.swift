internal import CallboxConfiguration
internal import Deliveries
internal import TerminalOutput
internal import TextForms

/// Times on the command line.
enum MomentText {
    /// `7d` means 7 days before `now`; `today`, `yesterday`, dates and times without a zone are in the zone of `clock`.
    static func parse(_ text: String, now: Timestamp, clock: DayClock) -> Timestamp? {
        switch text {
        case "now": return now
        case "today": return clock.startOfDay(of: now)
        // Subtracts an hour first, because a day can be 25 hours long.
        case "yesterday":
            return clock.startOfDay(of: now).flatMap { clock.startOfDay(of: $0.advanced(byMilliseconds: -3_600_000)) }
        default: break
        }
        if let ago = Quantity.duration(text) { return now.advanced(byMilliseconds: -ago.milliseconds) }
        return clock.start(ofDay: text) ?? clock.moment(atLocalTime: text) ?? TimeText.read(text)
    }
}
