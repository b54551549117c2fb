extension HumanText {
    /// A length of time in its largest unit: `850 ms`, `4 s`, `3 min`, `5 h`, `2 d`. Without a sign.
    static func span(milliseconds: Int64) -> String {
        let length = milliseconds.magnitude
        switch length {
        case ..<1000: return "\(length) ms"
        case ..<60_000: return "\(length / 1000) s"
        case ..<3_600_000: return "\(length / 60_000) min"
        case ..<172_800_000: return "\(length / 3_600_000) h"
        default: return "\(length / 86_400_000) d"
        }
    }
}
