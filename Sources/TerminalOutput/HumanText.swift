package import Deliveries

/// Numbers and times for people.
package enum HumanText {
    /// `512 B`, `13.4 KB`, `8.0 MB`, in powers of 1024.
    package static func byteCount(_ count: Int64) -> String {
        guard count >= 1024 else { return "\(count) B" }
        var value = Double(count)
        var unit = ""
        for next in ["KB", "MB", "GB", "TB"] where (value * 10).rounded() >= 10_240 {
            value /= 1024
            unit = next
        }
        let tenths = Int64((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10) \(unit)"
    }

    /// `2026-11-21 10:00:01Z`.
    package static func time(_ time: Timestamp) -> String {
        let text = time.rfc3339
        guard text.count == 24 else { return text }
        return text.prefix(10) + " " + text.dropFirst(11).prefix(8) + "Z"
    }

    /// `just now`, `45 s ago`, `3 min ago`, `5 h ago`, `2 d ago`; from a week on, and for times to come, the time itself.
    package static func ago(_ time: Timestamp, now: Timestamp) -> String {
        let (past, isLater) = now.millisecondsSinceEpoch.subtractingReportingOverflow(time.millisecondsSinceEpoch)
        guard !isLater, past >= 0 else { return Self.time(time) }
        switch past / 1000 {
        case 0..<2: return "just now"
        case 2..<60: return "\(past / 1000) s ago"
        case 60..<3600: return "\(past / 60_000) min ago"
        case 3600..<86_400: return "\(past / 3_600_000) h ago"
        case 86_400..<604_800: return "\(past / 86_400_000) d ago"
        default: return Self.time(time)
        }
    }

    /// `a, b and c`.
    package static func list(_ words: [String], _ conjunction: String) -> String {
        guard let last = words.last, words.count > 1 else { return words.first ?? "" }
        return words.dropLast().joined(separator: ", ") + " \(conjunction) \(last)"
    }

    /// `1 report`, `2 reports`.
    package static func count(_ count: some BinaryInteger, _ noun: String, _ plural: String? = nil) -> String {
        "\(count) \(count == 1 ? noun : plural ?? noun + "s")"
    }

    /// A length of time in its largest unit: `850 ms`, `4 s`, `3 min`, `5 h`, `2 d`. Without a sign.
    package static func span(milliseconds: Int64) -> String {
        let length = milliseconds.magnitude
        switch length {
        case ..<1000: return "\(length) ms"
        case ..<60_000: return "\(length / 1000) s"
        case ..<3_600_000: return "\(length / 60_000) min"
        case ..<172_800_000: return "\(length / 3_600_000) h"
        default: return "\(length / 86_400_000) d"
        }
    }

    /// `12 s`, `45 min`, `5 h`, `3 days`: one unit, rounded down.
    package static func silence(milliseconds: Int64) -> String {
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
    package static func rate(_ value: Double) -> String {
        guard value.isFinite, value >= 0 else { return "-" }
        let tenths = (value * 10).rounded()
        guard let whole = Int64(exactly: tenths) else { return "-" }
        if value < 10, whole % 10 != 0 || whole == 0 && value > 0 {
            return whole == 0 ? "<0.1" : "\(whole / 10).\(whole % 10)"
        }
        return Int64(exactly: value.rounded()).map { "\($0)" } ?? "-"
    }

    /// `47 %`; `-` where there is nothing to compare with.
    package static func percent(_ part: Int64, of whole: Int64) -> String {
        guard whole > 0 else { return "-" }
        // In floating point, for no sum that an archive claims may overflow.
        let value = (Double(part) / Double(whole) * 100)
        if value > 0, value < 1 { return "<1 %" }
        return Int64(exactly: value.rounded(.down)).map { "\($0) %" } ?? "-"
    }
}
