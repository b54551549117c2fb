internal import Deliveries

/// Numbers and times for people.
enum HumanText {
    /// `512 B`, `13.4 KB`, `8.0 MB`, in powers of 1024.
    static func byteCount(_ count: Int64) -> String {
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
    static func time(_ time: Timestamp) -> String {
        let text = time.rfc3339
        guard text.count == 24 else { return text }
        return text.prefix(10) + " " + text.dropFirst(11).prefix(8) + "Z"
    }

    /// `just now`, `45 s ago`, `3 min ago`, `5 h ago`, `2 d ago`; from a week on, and for times to come, the time itself.
    static func ago(_ time: Timestamp, now: Timestamp) -> String {
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

    /// `1 report`, `2 reports`.
    static func count(_ count: some BinaryInteger, _ noun: String, _ plural: String? = nil) -> String {
        "\(count) \(count == 1 ? noun : plural ?? noun + "s")"
    }
}
