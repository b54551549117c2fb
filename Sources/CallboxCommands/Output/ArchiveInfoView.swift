internal import Deliveries
internal import ReportArchive
internal import StrictJSON

/// What `archive info` writes.
enum ArchiveInfoView {
    static func json(_ info: ArchiveInfo, _ location: ArchiveLocation) -> JSONText {
        .object([
            .init("file", .string(location.path)), .init("schema", .integer(Int64(info.schemaVersion))),
            .init("fileBytes", .integer(info.fileByteCount)), .init("logBytes", .integer(info.logByteCount)),
            .init("freeBytes", .integer(Int64(info.freePageCount * info.pageByteCount))),
            .init("firstReceivedAt", .optional(info.firstReceivedAt?.rfc3339)),
            .init("lastReceivedAt", .optional(info.lastReceivedAt?.rfc3339)),
            .init("lastId", info.end.map { .integer($0.id.rawValue) } ?? .null),
            .init("chain", .optional(info.end.map { Hex.encode($0.chain) })),
            .init("gaps", .integer(Int64(info.gapCount))), .init("holds", .integer(Int64(info.heldCount))),
            .init(
                "dictionaries",
                .array(
                    info.dictionaries.map { dictionary in
                        .object([
                            .init("source", .optional(dictionary.scope?.source)),
                            .init("kind", .optional(dictionary.scope?.kind)),
                            .init("bytes", .integer(Int64(dictionary.byteCount))),
                            .init("bodies", .integer(Int64(dictionary.bodyCount))),
                            .init("createdAt", .string(dictionary.createdAt.rfc3339)),
                        ])
                    })),
        ])
    }

    static func lines(_ info: ArchiveInfo, _ location: ArchiveLocation, _ console: Console) -> [String] {
        var lines = [
            console.styled(TerminalText.escape(location.path), .bold), "  schema \(info.schemaVersion)",
            "  \(HumanText.byteCount(info.fileByteCount)), \(HumanText.byteCount(info.logByteCount)) in the log beside it, "
                + "\(HumanText.byteCount(Int64(info.freePageCount * info.pageByteCount))) free",
        ]
        if let first = info.firstReceivedAt, let last = info.lastReceivedAt {
            lines.append("  from \(HumanText.time(first)) to \(HumanText.time(last))")
        }
        if let end = info.end { lines.append("  chain ends at \(end.text)") }
        if info.gapCount > 0 {
            lines.append("  \(HumanText.count(info.gapCount, "gap")) where retention took deliveries")
        }
        if info.heldCount > 0 { lines.append("  \(HumanText.count(info.heldCount, "legal hold"))") }
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
    /// `klavi pf_checking_account`, or `klavi` for all its kinds.
    var text: String {
        kind.map { "\(source) \($0)" } ?? source
    }
}
