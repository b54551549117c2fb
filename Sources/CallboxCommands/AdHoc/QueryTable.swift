internal import TerminalOutput

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
