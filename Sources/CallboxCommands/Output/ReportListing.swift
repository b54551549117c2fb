internal import Deliveries
internal import Journal
internal import Redaction
internal import ReportIndex
internal import StrictJSON
internal import TerminalOutput

/// Reports as rows.
enum ReportListing {
    /// - Parameters:
    ///   - fields: the columns of JSON and CSV.
    ///   - now: what relative times are told from; nil for times as they are.
    ///   - isRevealed: whether a table shows data of persons as they are.
    static func rows(
        _ format: OutputFormat, on console: Console, fields: ReportRecord.Choice = .all, now: Timestamp? = nil,
        isRevealed: Bool = false
    ) -> RowListing<ReportSummary> {
        RowListing(format, on: console, names: fields.names, values: fields.values) { reports in
            table(reports, now, isRevealed)
        }
    }

    private static func table(_ reports: [ReportSummary], _ now: Timestamp?, _ isRevealed: Bool) -> Table {
        Table(
            columns: [
                .init(title: "ID", alignment: .right), .init(title: ""), .init(title: "RECEIVED"),
                .init(title: "PROVIDER", leavesAs: 1), .init(title: "TYPE", shortestWidth: 16),
                .init(title: "TOPIC", shortestWidth: 8, leavesAs: 4),
                .init(title: "TRIES", alignment: .right, leavesAs: 3),
                .init(title: "SIZE", alignment: .right, leavesAs: 2),
                .init(title: "EXTERNAL INFO", shortestWidth: 12),
            ],
            rows: reports.map { report in
                [
                    .init(report.numberText, .bold), mark(report.verification), .init(time(report.receivedAt, now)),
                    .init(report.provider),
                    .init(report.type, report.type == ReportContent.unrecognisedType ? .yellow : .cyan),
                    report.route.map { .init($0.topic) } ?? .init("-", .dim),
                    .init(
                        report.attemptNumber == 1
                            ? "\(report.attemptCount)" : "\(report.attemptNumber)/\(report.attemptCount)"),
                    report.isBodyPruned
                        ? .init("pruned", .dim) : .init(HumanText.byteCount(Int64(report.bodyByteCount))),
                    .init(externalInfo(report.externalInfo, isRevealed: isRevealed)),
                ]
            })
    }

    private static func time(_ time: Timestamp, _ now: Timestamp?) -> String {
        now.map { HumanText.ago(time, now: $0) } ?? HumanText.time(time)
    }

    private static func mark(_ verification: Verification) -> Table.Cell {
        switch verification {
        case .verified: .init("✓", .green)
        case .unverified: .init("·", .dim)
        case .fetched: .init("↓", .cyan)
        case .failed, .expired: .init("✗", .red)
        }
    }

    /// `traceId=t-1 customer=…`: the leaves that a row has room for.
    static func externalInfo(_ json: String?, isRevealed: Bool = false) -> String {
        guard let json, let document = try? JSONDocument(parsing: Array(json.utf8)) else { return "" }
        return document.root.members.prefix(8).compactMap { member in
            member.value.scalarText.map { text in
                "\(member.name)=" + (isRevealed ? text : PersonalData.shown(text, name: member.name))
            }
        }.joined(separator: " ")
    }
}
