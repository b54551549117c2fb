package import StrictJSON
package import TerminalOutput

/// The format of a list.
package enum OutputFormat: String, CaseIterable, Sendable {
    case table, json, ndjson, csv
    /// CSV that Excel opens with correct columns, characters and times.
    case excel

    package var isCSV: Bool { self == .csv || self == .excel }
}

/// Writes rows one after another, in any format. Lays out a table for `tableRowCount` rows at a time, so memory use
/// does not depend on the number of rows.
package struct RowListing<Row> {
    static var tableRowCount: Int { 5000 }

    private let format: OutputFormat
    /// The console to which the rows are written.
    package let console: Console
    private let members: [RowMember<Row>]
    private let json: ((Row) -> JSONText)?
    private let csv: CSVLines<Row>
    private var gathered: [Row] = []
    /// The number of rows that were added.
    package private(set) var count = 0

    /// - Parameter json: creates the JSON object of a row; nil to use `members`.
    package init(
        _ format: OutputFormat, on console: Console, _ members: [RowMember<Row>], json: ((Row) -> JSONText)? = nil
    ) {
        self.format = format
        self.console = console
        self.members = members
        self.json = json
        csv = CSVLines(members, format == .excel ? .excel : .standard, clock: console.localClock)
    }

    /// Writes a row, or holds it for the next table.
    package mutating func add(_ row: Row) throws {
        switch format {
        case .table:
            gathered.append(row)
            if gathered.count == Self.tableRowCount { try printTable() }
        case .json: try console.write((count == 0 ? "[" : ",\n ") + record(row).line)
        case .ndjson: try console.print(record(row).line)
        case .csv, .excel:
            if count == 0 { try console.writeCSV(csv.head) }
            try console.writeCSV(csv.line(row))
        }
        count += 1
    }

    /// Writes the held rows of the last table, or the end of the JSON array.
    package mutating func finish() throws {
        switch format {
        case .table where !gathered.isEmpty: try printTable()
        case .json: try console.write(count == 0 ? "[]\n" : "]\n")
        case .csv where count == 0, .excel where count == 0: try console.writeCSV(csv.head)
        case .table, .ndjson, .csv, .excel: break
        }
    }

    /// Writes all rows.
    package mutating func print(_ rows: some Sequence<Row>) throws {
        for row in rows { try add(row) }
        try finish()
    }

    private func record(_ row: Row) -> JSONText {
        json?(row) ?? .object(members.object(row))
    }

    private mutating func printTable() throws {
        let shown = members.filter { $0.column != nil }
        let table = Table(
            columns: shown.compactMap(\.column),
            rows: gathered.map { row in shown.map { $0.cell(row, console) } })
        for line in table.lines(on: console) { try console.print(line) }
        gathered.removeAll()
    }
}

extension Console {
    /// Writes a line of CSV with its line break. Escapes the line on a terminal.
    fileprivate func writeCSV(_ line: String) throws {
        guard isTerminal else { return try write(line) }
        try print(TerminalText.escape(String(line.dropLast())))
    }
}
