/// Rows laid out in columns for a person.
struct Table {
    struct Column {
        enum Alignment {
            case left, right
        }

        let title: String
        var alignment = Alignment.left
        /// May be shortened, down to this many columns, where the terminal is narrow; nil where it must not.
        var shortestWidth: Int?
    }

    struct Cell {
        let text: String
        let style: Console.Style?

        init(_ text: String, _ style: Console.Style? = nil) {
            self.text = TerminalText.escape(text)
            self.style = style
        }
    }

    private static let gap = 2

    let columns: [Column]
    let rows: [[Cell]]

    /// The lines, titles first.
    func lines(on console: Console) -> [String] {
        let widths = fittedWidths(console.isTerminal ? console.width : nil)
        let titles = columns.map { Cell($0.title, .dim) }
        return ([titles] + rows).map { row in
            let cells = zip(columns, zip(row, widths)).map { column, cell in layOut(cell.0, cell.1, column, console) }
            return cells.joined(separator: String(repeating: " ", count: Self.gap)).trimmingTrailingSpaces
        }
    }

    private func layOut(_ cell: Cell, _ width: Int, _ column: Column, _ console: Console) -> String {
        let text = cell.text.count > width ? cell.text.prefix(max(0, width - 1)) + "…" : cell.text[...]
        let padding = String(repeating: " ", count: max(0, width - text.count))
        let styled = cell.style.map { console.styled(String(text), $0) } ?? String(text)
        return column.alignment == .left ? styled + padding : padding + styled
    }

    /// The widths that the contents want, shortened where a terminal is too narrow: the widest flexible column first.
    private func fittedWidths(_ available: Int?) -> [Int] {
        var widths = columns.indices.map { index in
            rows.reduce(columns[index].title.count) { max($0, $1[index].text.count) }
        }
        guard let available else { return widths }
        while widths.reduce(0, +) + Self.gap * (widths.count - 1) > available {
            let shrinkable = columns.indices.filter { index in
                columns[index].shortestWidth.map { widths[index] > $0 } ?? false
            }
            guard let widest = shrinkable.max(by: { widths[$0] < widths[$1] }) else { break }
            widths[widest] -= 1
        }
        return widths
    }
}

extension String {
    fileprivate var trimmingTrailingSpaces: String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
