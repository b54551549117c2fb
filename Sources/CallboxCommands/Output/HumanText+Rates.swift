extension HumanText {
    /// `12 s`, `45 min`, `5 h`, `3 days`: one unit, rounded down.
    static func silence(milliseconds: Int64) -> String {
        let seconds = max(0, milliseconds) / 1000
        return switch seconds {
        case 0: "under 1 s"
        case ..<60: "\(seconds) s"
        case ..<(2 * 3600): seconds < 3600 ? "\(seconds / 60) min" : "1 h \(seconds / 60 - 60) min"
        case ..<(48 * 3600): "\(seconds / 3600) h"
        default: "\(seconds / 86_400) days"
        }
    }

    /// `0.5`, `12`, `33333`: two digits of a small number, none behind the point of a great one.
    static func rate(_ value: Double) -> String {
        guard value.isFinite, value >= 0 else { return "-" }
        let tenths = (value * 10).rounded()
        guard let whole = Int64(exactly: tenths) else { return "-" }
        if value < 10, whole % 10 != 0 || whole == 0 && value > 0 {
            return whole == 0 ? "<0.1" : "\(whole / 10).\(whole % 10)"
        }
        return Int64(exactly: value.rounded()).map { "\($0)" } ?? "-"
    }

    /// `47 %`; `-` where there is nothing to compare with.
    static func percent(_ part: Int64, of whole: Int64) -> String {
        guard whole > 0 else { return "-" }
        // In floating point, for no sum that an archive claims may overflow.
        let value = (Double(part) / Double(whole) * 100)
        if value > 0, value < 1 { return "<1 %" }
        return Int64(exactly: value.rounded(.down)).map { "\($0) %" } ?? "-"
    }
}
