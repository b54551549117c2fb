internal import Deliveries
internal import Journal
internal import ReportIndex
internal import StrictJSON
internal import TerminalOutput

/// What `archive info` writes.
enum ArchiveInfoView {
    static func json(_ info: JournalInfo, _ journal: JournalFile) -> JSONText {
        .object([
            .init("file", .string(journal.path)), .init("format", .integer(Int64(info.format))),
            .init("fileBytes", .integer(info.fileByteCount)), .init("logBytes", .integer(info.logByteCount)),
            .init("freeBytes", .integer(Int64(info.freePageCount * info.pageByteCount))),
            .init("firstRecordedAt", .optional(info.firstRecordedAt?.rfc3339)),
            .init("lastRecordedAt", .optional(info.lastRecordedAt?.rfc3339)),
            .init("lastId", info.end.map { .integer($0.position) } ?? .null),
            .init("chain", .optional(info.end.map { Hex.encode($0.chain) })),
            .init("gaps", .integer(Int64(info.gapCount))),
            .init(
                "dictionaries",
                .array(
                    info.dictionaries.map { dictionary in
                        .object([
                            .init("source", .optional(dictionary.scope?.source)),
                            .init("type", .optional(dictionary.scope?.type)),
                            .init("bytes", .integer(Int64(dictionary.byteCount))),
                            .init("bodies", .integer(Int64(dictionary.bodyCount))),
                            .init("createdAt", .string(dictionary.createdAt.rfc3339)),
                        ])
                    })),
        ])
    }

    static func lines(_ info: JournalInfo, _ journal: JournalFile, _ console: Console) -> [String] {
        var lines = [
            console.styled(TerminalText.escape(journal.path), .bold), "  format \(info.format)",
            "  \(HumanText.byteCount(info.fileByteCount)), \(HumanText.byteCount(info.logByteCount)) in the log beside it, "
                + "\(HumanText.byteCount(Int64(info.freePageCount * info.pageByteCount))) free",
        ]
        if let first = info.firstRecordedAt, let last = info.lastRecordedAt {
            lines.append("  from \(HumanText.time(first)) to \(HumanText.time(last))")
        }
        if let end = info.end { lines.append("  chain ends at \(end.text)") }
        if info.gapCount > 0 {
            lines.append("  \(HumanText.count(info.gapCount, "gap")) in place of removed deliveries")
        }
        for dictionary in info.dictionaries {
            guard let scope = dictionary.scope else { continue }
            lines.append(
                TerminalText.escape(
                    "  dictionary for \(scope.text): \(HumanText.byteCount(Int64(dictionary.byteCount))), from "
                        + "\(dictionary.bodyCount) bodies, \(HumanText.time(dictionary.createdAt))"))
        }
        return lines
    }
}

extension DictionaryScope {
    /// The source and the type, or the source alone for all its types.
    var text: String {
        type.map { "\(source) \($0)" } ?? source
    }
}
