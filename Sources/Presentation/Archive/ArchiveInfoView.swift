internal import Deliveries
package import Journal
package import ReportIndex
package import StrictJSON
package import TerminalOutput

/// The output of `archive info`.
package struct ArchiveInfoView {
    let info: JournalInfo
    let journal: JournalFile
    /// The totals; nil if they were not counted.
    var totals: ArchiveStatistics?

    package init(info: JournalInfo, journal: JournalFile, totals: ArchiveStatistics? = nil) {
        self.info = info
        self.journal = journal
        self.totals = totals
    }

    /// The information as one JSON object. docs/cli-json.md lists the names.
    package var json: JSONText {
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
            .init("totals", totals.map(Self.json) ?? .null),
        ])
    }

    /// The lines for a terminal.
    package func lines(_ console: Console) -> [String] {
        var lines = [
            console.styled(TerminalText.escape(journal.path), .bold), "  format \(info.format)",
            "  \(HumanText.byteCount(info.fileByteCount)), \(HumanText.byteCount(info.logByteCount)) "
                + "in the write-ahead log, \(HumanText.byteCount(Int64(info.freePageCount * info.pageByteCount))) free",
        ]
        if let first = info.firstRecordedAt, let last = info.lastRecordedAt {
            lines.append("  entries from \(console.time(first)) to \(console.time(last))")
        }
        if let end = info.end { lines.append("  chain \(end.text)") }
        if info.gapCount > 0 {
            lines.append("  \(HumanText.count(info.gapCount, "gap")) in place of removed deliveries")
        }
        for dictionary in info.dictionaries {
            guard let scope = dictionary.scope else { continue }
            lines.append(
                TerminalText.escape(
                    "  dictionary for \(scope.text): \(HumanText.byteCount(Int64(dictionary.byteCount))), from "
                        + "\(dictionary.bodyCount) bodies, \(console.time(dictionary.createdAt))"))
        }
        return lines + (totals.map { [""] + Self.lines($0, console) } ?? [])
    }
}

/// The totals that `--totals` adds.
extension ArchiveInfoView {
    static func json(_ statistics: ArchiveStatistics) -> JSONText {
        func time(_ milliseconds: Int64?) -> JSONText {
            .optional(milliseconds.map { Timestamp(millisecondsSinceEpoch: $0).rfc3339 })
        }
        return .object([
            .init("deliveries", .integer(statistics.sources.reduce(0) { $0 + $1.deliveryCount })),
            .init("reports", .integer(statistics.reportCount)), .init("unrouted", .integer(statistics.unroutedCount)),
            .init("unrecognised", .integer(statistics.unrecognisedCount)),
            .init("unindexed", .integer(statistics.unindexedCount)),
            .init("replays", .integer(statistics.replayCount)),
            .init("bodyBytes", .integer(statistics.sources.reduce(0) { $0 + $1.bodyByteCount })),
            .init("storedBytes", .integer(statistics.sources.reduce(0) { $0 + $1.storedByteCount })),
            .init("fileBytes", .integer(statistics.fileByteCount)),
            .init("firstReceivedAt", time(statistics.firstReceivedAtMilliseconds)),
            .init("lastReceivedAt", time(statistics.lastReceivedAtMilliseconds)),
            .init(
                "sources",
                .array(
                    statistics.sources.map { share in
                        .object([
                            .init("source", .string(share.source)), .init("deliveries", .integer(share.deliveryCount)),
                            .init("bodyBytes", .integer(share.bodyByteCount)),
                            .init("storedBytes", .integer(share.storedByteCount)),
                        ])
                    })),
        ])
    }

    static func lines(_ statistics: ArchiveStatistics, _ console: Console) -> [String] {
        let table = Table(
            columns: [
                .init(title: "SOURCE"), .init(title: "DELIVERIES", alignment: .right),
                .init(title: "BODIES", alignment: .right),
                .init(title: "STORED", alignment: .right), .init(title: "RATIO", alignment: .right),
            ],
            rows: statistics.sources.map { share in
                [
                    .init(share.source), .init("\(share.deliveryCount)"),
                    .init(HumanText.byteCount(share.bodyByteCount)),
                    .init(HumanText.byteCount(share.storedByteCount)),
                    .init(HumanText.percent(share.storedByteCount, of: share.bodyByteCount)),
                ]
            })
        var lines = table.lines(on: console)
        lines += [
            "",
            "\(HumanText.count(statistics.reportCount, "report")), \(statistics.unroutedCount) unrouted, "
                + "\(statistics.unrecognisedCount) unrecognised, \(statistics.unindexedCount) not indexed yet; "
                + HumanText.count(statistics.replayCount, "replay"),
            "\(HumanText.byteCount(statistics.fileByteCount)) in all files",
        ]
        if let first = statistics.firstReceivedAtMilliseconds, let last = statistics.lastReceivedAtMilliseconds {
            let times = [first, last].map { console.time(Timestamp(millisecondsSinceEpoch: $0)) }
            lines.append("received from \(times[0]) to \(times[1])")
        }
        return lines
    }
}

extension ChainMark {
    /// The position and its hash, in the form that `archive verify --against` parses.
    package var text: String {
        "\(position):\(Hex.encode(chain))"
    }
}
