internal import CallboxConfiguration
internal import Deliveries
internal import Journal
internal import ReportIndex
internal import TerminalOutput

/// Findings about the archive, the quarantine and the latest arrivals.
enum ArchiveFindings {
    static func format(_ info: JournalInfo, _ directory: ArchiveDirectory) -> Finding {
        let size = "\(HumanText.byteCount(directory.byteCount)), format \(info.format)"
        return .fine("archive", "\(directory.path): \(size)")
    }

    static func sqlite(_ build: SQLiteBuild) -> Finding {
        guard build.lacks.isEmpty else {
            return .problem(
                "SQLite", "\(build.version) was built without \(build.lacks.joined(separator: ", "))",
                advice: "Install a SQLite library with these features.")
        }
        // The checkpoint bug requires two connections that checkpoint at once (sqlite.org/wal.html, "The WAL-Reset
        // Bug").
        let remark = build.number < 3_051_003 ? " (its checkpoint bug cannot occur with Callbox's single writer)" : ""
        return .fine("SQLite", "\(build.version)\(remark)")
    }

    static func quarantine(count: Int64, byteCount: Int64, limits: QuarantineLimits) -> Finding {
        let text =
            "\(HumanText.count(count, "rejected delivery", "rejected deliveries")), \(HumanText.byteCount(byteCount)), "
            + "limits \(limits.count) and \(HumanText.byteCount(Int64(limits.byteCount)))"
        let isNearlyFull =
            count >= Int64(limits.count) - Int64(limits.count) / 5 && count > 0
            || byteCount >= Int64(limits.byteCount) - Int64(limits.byteCount) / 5 && byteCount > 0
        guard isNearlyFull else { return .fine("quarantine", text) }
        return .warning(
            "quarantine", text + ": nearly full; the oldest deliveries will be deleted",
            advice: "Run 'callbox quarantine list'. Release genuine deliveries and delete the others.")
    }

    static func lag(_ count: Int64) -> Finding {
        let text = "\(HumanText.count(count, "entry", "entries")) not indexed yet"
        guard count > 1000 else { return .fine("index", count == 0 ? "all entries are indexed" : text) }
        return .warning(
            "index", text, advice: "Run this command again in a minute. If the number grows, read the server's log.")
    }

    /// - Parameter last: the time of the newest report of each source.
    static func lastArrivals(_ sources: [String], last: [String: Timestamp], now: Timestamp) -> [Finding] {
        sources.map { source in
            guard let time = last[source] else { return .fine("arrivals", "\(source) has not delivered yet") }
            let age = max(0, now.milliseconds(since: time))
            return .fine("arrivals", "\(source) delivered \(HumanText.span(milliseconds: age)) ago")
        }
    }
}
