internal import Deliveries
internal import Journal
internal import ReportIndex
internal import StrictJSON
internal import TerminalOutput

/// Writes the rows of a statement one after another in the format that was asked for. Only a table has to see them all
/// first, so it has a bound.
struct QueryListing {
    /// Rows of a table where nobody says how many.
    static let tableRowLimit = 1000
    /// Text that a table holds, whatever it was told.
    private static let tableByteCountLimit = 16 << 20

    private let format: OutputFormat
    private let limit: Int?
    private let console: Console
    /// Nil until the statement has begun: one that was rejected writes nothing at all.
    private var columns: [String]?
    private var rows: [[Table.Cell]] = []
    private var byteCount = 0
    private(set) var count = 0
    /// What to say where there are more rows than were written.
    private(set) var more: String?

    init(_ format: OutputFormat, limit: Int?, on console: Console) {
        self.format = format
        self.limit = limit ?? (format == .table ? Self.tableRowLimit : nil)
        self.console = console
    }

    mutating func begin(_ columns: [String]) {
        self.columns = columns
    }

    /// - Returns: false when there is no room for more.
    mutating func add(_ row: [SQLValue]) throws -> Bool {
        if let limit, count >= limit {
            more = "there are more rows: --limit \(limit.multipliedReportingOverflow(by: 10).partialValue)"
            return false
        }
        guard byteCount < Self.tableByteCountLimit else {
            more = "there are more rows than a table has room for: --format csv writes them all"
            return false
        }
        switch format {
        case .table:
            let cells = row.map(SQLText.cell)
            byteCount += cells.reduce(0) { $0 + $1.text.utf8.count + 16 }
            rows.append(cells)
        case .json: try console.write((count == 0 ? "[" : ",\n ") + record(row).line)
        case .ndjson: try console.print(record(row).line)
        case .csv:
            if count == 0 { try printTitles() }
            try printCSV(row.map(SQLText.json))
        }
        count += 1
        return true
    }

    func finish() throws {
        guard let columns else { return }
        switch format {
        case .table where !rows.isEmpty:
            for line in QueryTable(columns: columns, rows: rows).lines(on: console) { try console.print(line) }
        case .json: try console.write(count == 0 ? "[]\n" : "]\n")
        case .csv where count == 0: try printTitles()
        case .table, .ndjson, .csv: break
        }
    }

    private func record(_ row: [SQLValue]) -> JSONText {
        .object(zip(columns ?? [], row).map { JSONText.Member($0, SQLText.json($1)) })
    }

    private func printTitles() throws {
        try printCSV((columns ?? []).map { .string($0) })
    }

    private func printCSV(_ values: [JSONText]) throws {
        let line = CSVText.line(values)
        try console.print(console.isTerminal ? TerminalText.escape(line) : line)
    }
}

/// Values of SQLite as text.
enum SQLText {
    /// Characters of a value that a table shows.
    private static let characterLimit = 200
    /// Bytes of a blob that a table shows.
    private static let blobByteCount = 12

    static func json(_ value: SQLValue) -> JSONText {
        switch value {
        case .null: .null
        case .integer(let value): .integer(value)
        case .real(let value): .number(value)
        case .text(let text): .string(text)
        case .blob(let bytes): .string("x'\(Hex.encode(bytes))'")
        }
    }

    /// Line breaks and the like are shown as escapes, for a row is a line.
    static func cell(_ value: SQLValue) -> Table.Cell {
        switch value {
        case .null: return .init("NULL", .dim)
        case .integer(let value): return .init("\(value)")
        case .real(let value): return .init("\(value)")
        case .text(let text):
            let shown = text.unicodeScalars.prefix(characterLimit)
            return .init(shown.endIndex == text.endIndex ? text : String(shown) + "…")
        case .blob(let bytes):
            let shown = "x'\(Hex.encode(Array(bytes.prefix(blobByteCount))))"
            return .init(bytes.count > blobByteCount ? shown + "…' \(bytes.count) bytes" : shown + "'", .dim)
        }
    }
}

/// Rows whose columns nobody knows before: side by side where the terminal has room for them, else a line a value.
struct QueryTable {
    let columns: [String]
    let rows: [[Table.Cell]]

    /// What a column must at least have, unless its values are shorter.
    private static let shortestWidth = 12

    func lines(on console: Console) -> [String] {
        guard !fits(console) else {
            return Table(
                columns: columns.enumerated().map { index, name in
                    Table.Column(
                        title: TerminalText.escape(name), alignment: isNumeric(index) ? .right : .left,
                        shortestWidth: Self.shortestWidth)
                }, rows: rows
            ).lines(on: console)
        }
        let names = columns.map { TerminalText.escape($0) }
        let width = names.reduce(0) { max($0, min(TerminalWidth.of($1), 30)) }
        let room = max(20, console.width - width - 2)
        return rows.enumerated().flatMap { number, row in
            [console.styled("row \(number + 1)", .bold)]
                + zip(names, row).map { name, cell in
                    let title = TerminalWidth.shortened(name, to: width)
                    let text = TerminalWidth.shortened(cell.text, to: room)
                    let padding = String(repeating: " ", count: max(0, width - TerminalWidth.of(title)) + 2)
                    return console.styled(String(title), .dim) + padding
                        + (cell.style.map { console.styled(String(text), $0) } ?? String(text))
                }
        }
    }

    private func fits(_ console: Console) -> Bool {
        guard console.isTerminal else { return true }
        let widths = columns.indices.map { index in
            rows.reduce(TerminalWidth.of(columns[index])) { widest, row in
                index < row.count ? max(widest, min(TerminalWidth.of(row[index].text), Self.shortestWidth)) : widest
            }
        }
        return widths.reduce(0, +) + 2 * max(0, widths.count - 1) <= console.width
    }

    private func isNumeric(_ index: Int) -> Bool {
        rows.allSatisfy { row in
            index < row.count && (row[index].text == "NULL" || Double(row[index].text) != nil)
        }
    }
}
