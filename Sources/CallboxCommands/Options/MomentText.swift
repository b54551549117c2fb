internal import CallboxConfiguration
internal import Deliveries

/// Times as people give them to a filter.
enum MomentText {
    /// `7d` and the like reach back from `now`; `today` and `yesterday` begin at midnight UTC, and so does a date.
    static func parse(_ text: String, now: Timestamp) -> Timestamp? {
        let today = now.rfc3339.prefix(10)
        switch text {
        case "now": return now
        case "today": return Timestamp(rfc3339: "\(today)T00:00:00Z".utf8)
        case "yesterday": return Timestamp(rfc3339: "\(today)T00:00:00Z".utf8)?.advanced(byMilliseconds: -86_400_000)
        default: break
        }
        if let ago = Quantity.duration(text) { return now.advanced(byMilliseconds: -ago.milliseconds) }
        return Timestamp(rfc3339: text.utf8) ?? Timestamp(rfc3339: "\(text)T00:00:00Z".utf8)
    }
}
