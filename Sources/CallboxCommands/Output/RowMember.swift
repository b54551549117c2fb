internal import Deliveries
internal import StrictJSON
internal import TerminalOutput

/// One member of a listed row: its name in JSON and CSV, and the table column that shows it. One description serves all formats.
struct RowMember<Row> {
    /// Nil if only a table has it.
    let name: String?
    let value: (Row) -> JSONText
    /// Nil if only JSON and CSV have it.
    let column: Table.Column?
    let cell: (Row, Console) -> Table.Cell

    /// - Parameter cell: how a table shows the value; by default its text, or a dash for null.
    init(
        _ name: String, _ column: Table.Column? = nil, _ value: @escaping (Row) -> JSONText,
        cell: ((Row) -> Table.Cell)? = nil
    ) {
        self.name = name
        self.value = value
        self.column = column
        self.cell = { row, _ in cell?(row) ?? Self.cell(value(row)) }
    }

    private init(
        _ name: String?, _ column: Table.Column, _ value: @escaping (Row) -> JSONText,
        _ cell: @escaping (Row, Console) -> Table.Cell
    ) {
        (self.name, self.column, self.value, self.cell) = (name, column, value, cell)
    }

    /// A column that only a table has.
    static func onlyTable(_ column: Table.Column, cell: @escaping (Row) -> Table.Cell) -> RowMember {
        RowMember(nil, column, { _ in .null }, { row, _ in cell(row) })
    }

    /// A time: RFC 3339 for programs, and as the console shows it in a table.
    ///
    /// - Parameter none: the cell of a row without the time.
    static func time(
        _ name: String, _ column: Table.Column, none: Table.Cell = .init("-", .dim),
        _ time: @escaping (Row) -> Timestamp?
    ) -> RowMember {
        RowMember(
            name, column, { .optional(time($0)?.rfc3339) },
            { row, console in time(row).map { .init(console.time($0)) } ?? none })
    }

    private static func cell(_ value: JSONText) -> Table.Cell {
        switch value {
        case .string(let text): .init(text)
        case .null: .init("-", .dim)
        default: .init(value.compact)
        }
    }
}

extension Table.Column {
    /// A column of numbers.
    static func number(_ title: String, leavesAs: Int? = nil) -> Table.Column {
        .init(title: title, alignment: .right, leavesAs: leavesAs)
    }

    /// A column of texts that may be shortened to `shortest` columns.
    static func text(_ title: String, shortest: Int? = nil, leavesAs: Int? = nil) -> Table.Column {
        .init(title: title, shortestWidth: shortest, leavesAs: leavesAs)
    }
}

extension RowListing {
    /// A listing whose formats all come from one description.
    ///
    /// - Parameter json: the object of a row, if it has more than the members.
    init(
        _ format: OutputFormat, on console: Console, _ members: [RowMember<Row>], json: ((Row) -> JSONText)? = nil
    ) {
        let named = members.filter { $0.name != nil }
        let shown = members.filter { $0.column != nil }
        self.init(
            format, on: console, names: named.compactMap(\.name), values: { row in named.map { $0.value(row) } },
            table: { rows in
                Table(
                    columns: shown.compactMap(\.column), rows: rows.map { row in shown.map { $0.cell(row, console) } })
            })
        self.json = json
    }
}

extension RowListing {
    /// Writes at most as many rows as `page` allows, and notes that there are none or more.
    mutating func print(_ rows: some Sequence<Row>, page: LimitOptions, none: String) throws {
        var hasMore = false
        for row in rows {
            if page.shows(after: count) { try add(row) } else { hasMore = true }
        }
        try finish(page: page, hasMore: hasMore, none: none)
    }

    /// Ends a listing of single rows with the same notes.
    mutating func finish(page: LimitOptions, hasMore: Bool, none: String) throws {
        try finish()
        if count == 0 { console.note(none) }
        if hasMore { console.note(page.hint) }
    }
}
