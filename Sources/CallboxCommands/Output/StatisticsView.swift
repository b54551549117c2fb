internal import Deliveries
internal import Journal
internal import ReportIndex
internal import StrictJSON
internal import TerminalOutput

/// What `archive stats` writes.
enum StatisticsView {
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
                    .init(ratio(share.storedByteCount, of: share.bodyByteCount)),
                ]
            })
        var lines = table.lines(on: console)
        lines += [
            "",
            "\(HumanText.count(statistics.reportCount, "report")), \(statistics.unroutedCount) unrouted, "
                + "\(statistics.unrecognisedCount) unrecognised, \(statistics.unindexedCount) not indexed yet; "
                + HumanText.count(statistics.replayCount, "replay"),
            "file size \(HumanText.byteCount(statistics.fileByteCount))",
        ]
        if let first = statistics.firstReceivedAtMilliseconds, let last = statistics.lastReceivedAtMilliseconds {
            let times = [first, last].map { HumanText.time(Timestamp(millisecondsSinceEpoch: $0)) }
            lines.append("from \(times[0]) to \(times[1])")
        }
        return lines
    }

    private static func ratio(_ stored: Int64, of raw: Int64) -> String {
        guard raw > 0 else { return "-" }
        // In floating point, for no sum that an archive claims may overflow; beyond 64 bits there is no such ratio.
        let hundredths = (Double(stored) / Double(raw) * 100).rounded(.down)
        return Int64(exactly: hundredths).map { "\($0) %" } ?? "-"
    }
}
