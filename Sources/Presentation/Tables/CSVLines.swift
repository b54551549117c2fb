internal import StrictJSON
package import TerminalOutput

/// Rows as CSV. The header contains the names of the members.
package struct CSVLines<Row> {
    private let members: [RowMember<Row>]
    private let dialect: CSVText.Dialect
    private let clock: DayClock

    /// - Parameter clock: the time zone of times for Excel. Other times are in RFC 3339 in UTC.
    package init(_ members: [RowMember<Row>], _ dialect: CSVText.Dialect, clock: DayClock) {
        self.members = members.filter { $0.name != nil }
        self.dialect = dialect
        self.clock = clock
    }

    /// The start of the file and the header line.
    package var head: String {
        dialect.start + text(members.compactMap(\.name).map { .string($0) })
    }

    package func line(_ row: Row) -> String {
        text(
            members.map { member in
                guard dialect == .excel, let moment = member.moment?(row) else { return member.value(row) }
                let (day, time) = clock.parts(of: moment)
                return .string("\(day) \(time)")
            })
    }

    private func text(_ values: [JSONText]) -> String {
        CSVText.line(values, dialect) + dialect.lineEnd
    }
}
