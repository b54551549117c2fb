internal import CallboxConfiguration
internal import Deliveries
internal import Foundation
internal import Journal
internal import ReportIndex
internal import TerminalOutput

/// Findings about free space and the size of the write-ahead log.
enum SpaceFindings {
    /// The largest normal size of the log, in bytes. A server checkpoints at 2 to 8 MiB.
    private static let usualLogByteCount: Int64 = 64 << 20
    private static let leastByteCount: Int64 = 100 << 20
    private static let comfortableByteCount: Int64 = 1 << 30
    private static let dayMilliseconds: Int64 = 86_400_000

    static func freeByteCount(at path: String) -> Int64? {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return nil }
        return Int64(
            clamping: UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize)).partialValue)
    }

    /// - Parameters:
    ///   - free: the free bytes; nil if unknown.
    ///   - archived: the size of the archive in bytes, and the period in which these bytes arrived; nil if unknown.
    static func space(free: Int64?, archived: (byteCount: Int64, milliseconds: Int64)?) -> Finding {
        let topic = "space"
        guard let free else { return .warning(topic, "the free space is unknown", advice: nil) }
        let advice = "Free some space, set retention ('keep'), or run 'callbox archive compact'."
        var text = "\(HumanText.byteCount(free)) free"
        var days: Int64?
        // A period of less than a day is too short for a forecast.
        if let archived, archived.milliseconds >= dayMilliseconds, archived.byteCount > 0 {
            let perDay = max(1, archived.byteCount / max(1, archived.milliseconds / dayMilliseconds))
            days = free / perDay
            text +=
                ", enough for \(days.map { $0 > 3650 ? "more than ten years" : "about \(HumanText.count($0, "day"))" } ?? "")"
            text += " at \(HumanText.byteCount(perDay)) a day"
        }
        if free < leastByteCount || days ?? .max < 3 { return .problem(topic, text, advice: advice) }
        if free < comfortableByteCount || days ?? .max < 30 { return .warning(topic, text, advice: advice) }
        return .fine(topic, text)
    }

    static func log(byteCount: Int64) -> Finding {
        let text = "the write-ahead log has \(HumanText.byteCount(byteCount))"
        guard byteCount > usualLogByteCount else { return .fine("log", text) }
        return .warning(
            "log", text + ", more than usual",
            advice: "End long-running readers, such as 'callbox sql', a backup or a SQLite shell."
        )
    }
}
