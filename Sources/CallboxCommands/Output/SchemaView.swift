internal import Journal
internal import ReportIndex
internal import StrictJSON
internal import TerminalOutput

/// What `sql --schema` writes.
enum SchemaView {
    static func print(_ format: OutputFormat, on console: Console) throws {
        switch format {
        case .table: for line in lines(console) { try console.print(line) }
        case .json: try console.print(JSONText.array(records).line)
        case .ndjson: for record in records { try console.print(record.line) }
        case .csv:
            try console.print("view,column,meaning")
            for record in records { try console.print(CSVText.line(record.memberValues)) }
        }
    }

    private static var records: [JSONText] {
        ArchiveViews.all.flatMap { view in
            view.columns.map { column in
                .object([
                    .init("view", .string(view.name)), .init("column", .string(column.name)),
                    .init("meaning", .string(column.meaning)),
                ])
            }
        }
    }

    static func lines(_ console: Console) -> [String] {
        var lines: [String] = []
        for view in ArchiveViews.all {
            lines.append(console.styled(view.name, .bold) + "  \(view.meaning)")
            lines += view.columns.map { padded($0.name, 26) + $0.meaning }
            lines.append("")
        }
        lines.append(console.styled("functions", .bold))
        for function in ArchiveViews.functions {
            lines.append("  " + function.call)
            lines.append("      " + function.meaning)
        }
        return lines
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        "  " + text + String(repeating: " ", count: max(1, width - text.count))
    }
}
