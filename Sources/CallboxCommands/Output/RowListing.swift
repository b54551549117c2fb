internal import StrictJSON
internal import TerminalOutput

/// Writes rows one after another in the format that was asked for. Only a table has to see its rows first; after
/// `tableRowCount` of them it begins anew, so that memory does not grow with them.
struct RowListing<Row> {
    static var tableRowCount: Int { 5000 }

    private let format: OutputFormat
    let console: Console
    private let names: [String]
    private let values: (Row) -> [JSONText]
    private let table: ([Row]) -> Table
    /// The object of a row if it has more than `names`.
    var json: ((Row) -> JSONText)?
    private var gathered: [Row] = []
    private(set) var count = 0

    /// - Parameters:
    ///   - names: of the columns of CSV and the members of JSON.
    ///   - values: as many, of a row.
    init(
        _ format: OutputFormat, on console: Console, names: [String], values: @escaping (Row) -> [JSONText],
        table: @escaping ([Row]) -> Table
    ) {
        self.format = format
        self.console = console
        self.names = names
        self.values = values
        self.table = table
    }

    mutating func add(_ row: Row) throws {
        switch format {
        case .table:
            gathered.append(row)
            if gathered.count == Self.tableRowCount { try printTable() }
        case .json: try console.write((count == 0 ? "[" : ",\n ") + record(row).line)
        case .ndjson: try console.print(record(row).line)
        case .csv:
            if count == 0 { try printNames() }
            let line = CSVText.line(values(row))
            try console.print(console.isTerminal ? TerminalText.escape(line) : line)
        }
        count += 1
    }

    mutating func finish() throws {
        switch format {
        case .table where !gathered.isEmpty: try printTable()
        case .json: try console.write(count == 0 ? "[]\n" : "]\n")
        case .csv where count == 0: try printNames()
        case .table, .ndjson, .csv: break
        }
    }

    /// Writes all rows.
    mutating func print(_ rows: some Sequence<Row>) throws {
        for row in rows { try add(row) }
        try finish()
    }

    private func record(_ row: Row) -> JSONText {
        json?(row) ?? .object(zip(names, values(row)).map { JSONText.Member($0, $1) })
    }

    private func printNames() throws {
        try console.print(names.joined(separator: ","))
    }

    private mutating func printTable() throws {
        for line in table(gathered).lines(on: console) { try console.print(line) }
        gathered.removeAll()
    }
}
