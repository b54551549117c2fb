package import Deliveries
package import StrictJSON
package import TerminalOutput

/// A member of a row: its name in JSON and CSV, and its column in a table. The same description is used for all
/// formats.
package struct RowMember<Row> {
    /// The name in JSON and CSV; nil if only tables have this member.
    package let name: String?
    /// The value in JSON and CSV.
    package let value: (Row) -> JSONText
    /// The value as a time; nil if the value is not a time.
    let moment: ((Row) -> Timestamp?)?
    /// The column in a table; nil if only JSON and CSV have this member.
    let column: Table.Column?
    let cell: (Row, Console) -> Table.Cell

    /// - Parameter cell: creates the table cell. By default it contains the text of the value, or a dash for null.
    package init(
        _ name: String, _ column: Table.Column? = nil, _ value: @escaping (Row) -> JSONText,
        cell: ((Row) -> Table.Cell)? = nil
    ) {
        self.init(name: name, column: column, value: value) { row, _ in cell?(row) ?? Self.cell(value(row)) }
    }

    /// A member that tables show in this style.
    package init(
        _ name: String, _ column: Table.Column, _ style: Console.Style, _ value: @escaping (Row) -> JSONText
    ) {
        self.init(name: name, column: column, value: value) { row, _ in Self.cell(value(row), style) }
    }

    /// A time that only JSON and CSV contain.
    package init(_ name: String, time: @escaping (Row) -> Timestamp?) {
        self.init(name: name, column: nil, moment: time, value: { .optional(time($0)?.rfc3339) }) { _, _ in .init("") }
    }

    private init(
        name: String?, column: Table.Column?, moment: ((Row) -> Timestamp?)? = nil, value: @escaping (Row) -> JSONText,
        cell: @escaping (Row, Console) -> Table.Cell
    ) {
        self.name = name
        self.value = value
        self.moment = moment
        self.column = column
        self.cell = cell
    }

    /// The member with a column. A member without a column gets a column with the member's name as the title.
    func withColumn() -> RowMember {
        guard column == nil, let name else { return self }
        let (value, moment) = (value, moment)
        return RowMember(name: name, column: .text(name), moment: moment, value: value) { row, console in
            moment?(row).map { .init(console.time($0)) } ?? Self.cell(value(row))
        }
    }

    /// The same member for rows that contain a `Row`, in JSON and CSV only. Nil if only tables have the member.
    func reading<Other>(_ part: @escaping (Other) -> Row) -> RowMember<Other>? {
        guard let name else { return nil }
        return .init(
            name: name, column: nil, moment: moment.map { moment in { moment(part($0)) } }, value: { value(part($0)) }
        ) { _, _ in .init("") }
    }

    /// A member that only tables contain.
    package static func onlyTable(_ column: Table.Column, cell: @escaping (Row) -> Table.Cell) -> RowMember {
        RowMember(name: nil, column: column, value: { _ in .null }, cell: { row, _ in cell(row) })
    }

    /// A time, in RFC 3339 in JSON and CSV, and in the console's format in a table.
    ///
    /// - Parameters:
    ///   - now: the time from which a table computes ages; nil to show times.
    ///   - none: the cell if the row does not have the time.
    package static func time(
        _ name: String, _ column: Table.Column, now: Timestamp? = nil, none: Table.Cell = .init("-", .dim),
        _ time: @escaping (Row) -> Timestamp?
    ) -> RowMember {
        RowMember(name: name, column: column, moment: time, value: { .optional(time($0)?.rfc3339) }) { row, console in
            guard let time = time(row) else { return none }
            return .init(now.map { HumanText.ago(time, now: $0) } ?? console.time(time))
        }
    }

    static func cell(_ value: JSONText, _ style: Console.Style? = nil) -> Table.Cell {
        switch value {
        case .string(let text): .init(text, style)
        case .null: .init("-", .dim)
        default: .init(value.compact, style)
        }
    }
}

extension Array {
    /// The members of a row as JSON.
    package func object<Row>(_ row: Row) -> [JSONText.Member] where Element == RowMember<Row> {
        compactMap { member in member.name.map { JSONText.Member($0, member.value(row)) } }
    }
}

extension Table.Column {
    /// A column of numbers.
    package static func number(_ title: String, leavesAs: Int? = nil) -> Table.Column {
        .init(title: title, alignment: .right, leavesAs: leavesAs)
    }

    /// A column of strings that may be shortened to `shortest` characters.
    package static func text(_ title: String, shortest: Int? = nil, leavesAs: Int? = nil) -> Table.Column {
        .init(title: title, shortestWidth: shortest, leavesAs: leavesAs)
    }

    /// A column of sentences that are wrapped between words.
    package static func wrapped(_ title: String) -> Table.Column {
        .init(title: title, wraps: true)
    }
}
