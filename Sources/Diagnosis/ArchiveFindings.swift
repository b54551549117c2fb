internal import CallboxConfiguration
internal import Deliveries
internal import Journal
internal import ReportIndex
internal import TerminalOutput

/// What the archive says of itself, and what came lately.
enum ArchiveFindings {
    static func format(_ info: JournalInfo, _ directory: ArchiveDirectory) -> Finding {
        let size = "\(HumanText.byteCount(directory.byteCount)), format \(info.format)"
        return .fine("archive", "\(directory.path): \(size)")
    }

    /// SQLite as this program uses it.
    static func sqlite(_ build: SQLiteBuild) -> Finding {
        guard build.lacks.isEmpty else {
            return .problem(
                "SQLite", "\(build.version) was built without \(build.lacks.joined(separator: ", "))",
                advice: "Install a SQLite that has it.")
        }
        // sqlite.org/wal.html, "The WAL-Reset Bug": two connections that checkpoint at once.
        let remark = build.number < 3_051_003 ? "; its fault with two checkpointers has no place in one writer" : ""
        return .fine("SQLite", "\(build.version)\(remark)")
    }

    static func quarantine(count: Int64, byteCount: Int64, limits: QuarantineLimits) -> Finding {
        let text =
            "\(HumanText.count(count, "rejected delivery", "rejected deliveries")), \(HumanText.byteCount(byteCount)), "
            + "of \(limits.count) and \(HumanText.byteCount(Int64(limits.byteCount)))"
        let isNearlyFull =
            count >= Int64(limits.count) - Int64(limits.count) / 5 && count > 0
            || byteCount >= Int64(limits.byteCount) - Int64(limits.byteCount) / 5 && byteCount > 0
        guard isNearlyFull else { return .fine("quarantine", text) }
        return .warning(
            "quarantine", text + ": nearly full, and then the oldest go",
            advice: "'callbox quarantine list' says why they were rejected; 'promote' what was real, 'purge' the rest.")
    }

    static func lag(_ count: Int64) -> Finding {
        let text = "\(HumanText.count(count, "entry", "entries")) not indexed yet"
        guard count > 1000 else { return .fine("index", count == 0 ? "everything is indexed" : text) }
        return .warning("index", text, advice: "Look again in a moment; where it stays, the server's log says why.")
    }

    /// - Parameter last: the newest report of each source that has one.
    static func lastArrivals(_ sources: [String], last: [String: Timestamp], now: Timestamp) -> [Finding] {
        sources.map { source in
            guard let time = last[source] else { return .fine("last", "\(source): nothing yet") }
            let age = max(0, now.milliseconds(since: time))
            return .fine("last", "\(source): \(HumanText.span(milliseconds: age)) ago")
        }
    }
}
