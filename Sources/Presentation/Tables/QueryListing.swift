internal import Deliveries
internal import Journal
package import ReportIndex
internal import StrictJSON
package import TerminalOutput

/// Writes the rows of an SQL statement. The size of a table is limited, because a table needs all rows before its first
/// line.
package struct QueryListing {
    /// The maximum number of rows in a table if there is no --limit.
    static let tableRowLimit = 1000
    /// The maximum number of bytes of text in a table.
    private static let tableByteCountLimit = 16 << 20

    private let format: OutputFormat
    private let limit: Int?
    private let console: Console
    /// The listing; nil until the statement has started, so a rejected statement writes no output.
    private var listing: RowListing<[SQLValue]>?
    private var columns: [String] = []
    private var rows: [[Table.Cell]] = []
    private var byteCount = 0
    /// The number of rows written.
    package private(set) var count = 0
    /// A note that there are more rows; nil if all rows were written.
    package private(set) var more: String?

    /// - Parameter limit: the maximum number of rows. Nil means `tableRowLimit` in a table and all rows in other
    ///   formats.
    package init(_ format: OutputFormat, limit: Int?, on console: Console) {
        self.format = format
        self.limit = limit ?? (format == .table ? Self.tableRowLimit : nil)
        self.console = console
    }

    /// Sets the columns. Called once, before the first row.
    package mutating func begin(_ columns: [String]) {
        self.columns = columns
        let members = columns.enumerated().map { index, name in
            RowMember<[SQLValue]>(name) { SQLText.json($0[index]) }
        }
        listing = RowListing(format, on: console, members)
    }

    /// Adds a row.
    ///
    /// - Returns: false if no more rows fit.
    package mutating func add(_ row: [SQLValue]) throws -> Bool {
        if let limit, count >= limit {
            more = "there are more rows; use --limit \(limit.multipliedReportingOverflow(by: 10).partialValue)"
            return false
        }
        guard byteCount < Self.tableByteCountLimit else {
            more = "there are more rows than fit into a table; use --format csv"
            return false
        }
        if format == .table {
            let cells = row.map(SQLText.cell)
            byteCount += cells.reduce(0) { $0 + $1.text.utf8.count + 16 }
            rows.append(cells)
        } else {
            try listing?.add(row)
        }
        count += 1
        return true
    }

    /// Writes the table, or the end of the JSON array.
    package mutating func finish() throws {
        try listing?.finish()
        guard !rows.isEmpty else { return }
        for line in QueryTable(columns: columns, rows: rows).lines(on: console) { try console.print(line) }
    }
}

/// Converts SQLite values to text.
enum SQLText {
    /// The maximum number of characters of a value in a table.
    private static let characterLimit = 200
    /// The maximum number of bytes of a blob in a table.
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

/// Lays out rows with any columns: one line per row if the columns fit, otherwise one line per value.
struct QueryTable {
    let columns: [String]
    let rows: [[Table.Cell]]

    /// The minimum width to which a column with longer values is shortened.
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
