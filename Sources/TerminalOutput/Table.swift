/// Rows laid out in columns for a person.
package struct Table {
    package struct Column {
        package enum Alignment {
            case left, right
        }

        package let title: String
        package var alignment = Alignment.left
        /// May be shortened, down to this many columns, where the terminal is narrow; nil where it must not.
        package var shortestWidth: Int?
        /// Where shortening is not enough, the column with the least number goes first; nil for one that stays.
        package var leavesAs: Int?

        package init(
            title: String, alignment: Alignment = .left, shortestWidth: Int? = nil, leavesAs: Int? = nil
        ) {
            self.title = title
            self.alignment = alignment
            self.shortestWidth = shortestWidth
            self.leavesAs = leavesAs
        }
    }

    package struct Cell {
        package let text: String
        package let style: Console.Style?

        package init(_ text: String, _ style: Console.Style? = nil) {
            self.text = TerminalText.escape(text)
            self.style = style
        }
    }

    private static let gap = 2

    package let columns: [Column]
    package let rows: [[Cell]]

    package init(columns: [Column], rows: [[Cell]]) {
        self.columns = columns
        self.rows = rows
    }

    /// The lines, titles first.
    package func lines(on console: Console) -> [String] {
        let shown = shownColumns(console.isTerminal ? console.width : nil)
        let widths = shown.widths
        let titles = columns.map { Cell($0.title, .dim) }
        return ([titles] + rows).map { row in
            let cells = zip(shown.columns, widths).map { layOut(row[$0], $1, columns[$0], console) }
            return cells.joined(separator: String(repeating: " ", count: Self.gap)).trimmingTrailingSpaces
        }
    }

    private func layOut(_ cell: Cell, _ width: Int, _ column: Column, _ console: Console) -> String {
        let text = TerminalWidth.shortened(cell.text, to: width)
        let padding = String(repeating: " ", count: max(0, width - TerminalWidth.of(text)))
        let styled = cell.style.map { console.styled(text, $0) } ?? text
        return column.alignment == .left ? styled + padding : padding + styled
    }

    /// The columns that a terminal has room for, and their widths: those that the contents want, shortened where it is too
    /// narrow, the widest flexible column first; then without one column after the other.
    private func shownColumns(_ available: Int?) -> (columns: [Int], widths: [Int]) {
        let wanted = columns.indices.map { index in
            rows.reduce(columns[index].title.count) { max($0, TerminalWidth.of($1[index].text)) }
        }
        var shown = Array(columns.indices)
        while true {
            var widths = shown.map { wanted[$0] }
            guard let available, !Self.fit(&widths, shown.map { columns[$0].shortestWidth }, in: available) else {
                return (shown, widths)
            }
            let leaving = shown.filter { columns[$0].leavesAs != nil }
                .min { columns[$0].leavesAs ?? 0 < columns[$1].leavesAs ?? 0 }
            guard let leaving else { return (shown, widths) }
            shown.removeAll { $0 == leaving }
        }
    }

    /// Shortens what may be shortened until everything fits; false where it cannot.
    private static func fit(_ widths: inout [Int], _ shortest: [Int?], in available: Int) -> Bool {
        while widths.reduce(0, +) + gap * (widths.count - 1) > available {
            let shrinkable = widths.indices.filter { index in shortest[index].map { widths[index] > $0 } ?? false }
            guard let widest = shrinkable.max(by: { widths[$0] < widths[$1] }) else { return false }
            widths[widest] -= 1
        }
        return true
    }
}

extension String {
    fileprivate var trimmingTrailingSpaces: String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
