/// A table of rows in columns. On a terminal, no line is wider than the terminal.
///
/// If the columns do not fit, the table shortens the columns that have a `shortestWidth`, then wraps columns with
/// `wraps` between words, then omits columns in the order of `leavesAs`. As a last resort, the table wraps the widest
/// left-aligned columns.
package struct Table {
    package struct Column {
        package enum Alignment {
            case left, right
        }

        package let title: String
        package var alignment = Alignment.left
        /// The minimum width to which the values may be shortened; nil if they may not be shortened.
        package var shortestWidth: Int?
        /// The order in which columns are omitted, lowest first; nil if the column is never omitted.
        package var leavesAs: Int?
        /// True to wrap the values between words instead of shortening them.
        package var wraps = false

        package init(
            title: String, alignment: Alignment = .left, shortestWidth: Int? = nil, leavesAs: Int? = nil,
            wraps: Bool = false
        ) {
            self.title = title
            self.alignment = alignment
            self.shortestWidth = shortestWidth
            self.leavesAs = leavesAs
            self.wraps = wraps
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
    /// The minimum width of a column that wraps.
    private static let wrappedWidth = 16

    package let columns: [Column]
    package let rows: [[Cell]]
    /// The text below each row, over the whole width; nil for none.
    private let notes: [Cell?]

    /// - Parameter notes: the texts below the rows, one per row; empty if there are none.
    package init(columns: [Column], rows: [[Cell]], notes: [Cell?] = []) {
        self.columns = columns
        self.rows = rows
        self.notes = notes
    }

    /// The lines of the table, starting with the titles.
    package func lines(on console: Console) -> [String] {
        let shown = layout(in: console.isTerminal ? console.width : nil)
        var lines = self.lines(of: columns.map { Cell($0.title, .dim) }, shown, console)
        for (index, row) in rows.enumerated() {
            lines += self.lines(of: row, shown, console)
            guard index < notes.count, let note = notes[index] else { continue }
            let width = console.isTerminal ? console.width - Self.gap : .max
            lines += TerminalWidth.wrapped(note.text, to: width).map { text in
                String(repeating: " ", count: Self.gap) + (note.style.map { console.styled(text, $0) } ?? text)
            }
        }
        return lines
    }

    private func lines(of row: [Cell], _ shown: [Place], _ console: Console) -> [String] {
        let cells = shown.map { place in
            place.wraps
                ? TerminalWidth.wrapped(row[place.column].text, to: place.width)
                : [TerminalWidth.shortened(row[place.column].text, to: place.width)]
        }
        return (0..<(cells.map(\.count).max() ?? 1)).map { line in
            zip(shown, cells).map { place, texts in
                aligned(line < texts.count ? texts[line] : "", row[place.column].style, place, console)
            }.joined(separator: String(repeating: " ", count: Self.gap)).trimmingTrailingSpaces
        }
    }

    private func aligned(_ text: String, _ style: Console.Style?, _ place: Place, _ console: Console) -> String {
        let padding = String(repeating: " ", count: max(0, place.width - TerminalWidth.of(text)))
        let styled = text.isEmpty ? "" : style.map { console.styled(text, $0) } ?? text
        return columns[place.column].alignment == .left ? styled + padding : padding + styled
    }

    /// A column that is shown, with its width.
    private struct Place {
        let column: Int
        var width: Int
        /// The minimum width of the column; nil if its values may not be shortened.
        let shortest: Int?
        let wraps: Bool
    }

    private func layout(in available: Int?) -> [Place] {
        var shown = columns.enumerated().map { index, column in
            let wanted = rows.reduce(TerminalWidth.of(column.title)) { max($0, TerminalWidth.of($1[index].text)) }
            return Place(
                column: index, width: wanted, shortest: column.wraps ? Self.wrappedWidth : column.shortestWidth,
                wraps: column.wraps)
        }
        guard let available else { return shown }
        while true {
            if let fitting = Self.fitted(shown, in: available) { return fitting }
            let leaving = shown.filter { columns[$0.column].leavesAs != nil }
                .min { columns[$0.column].leavesAs ?? 0 < columns[$1.column].leavesAs ?? 0 }
            guard let leaving else { break }
            shown.removeAll { $0.column == leaving.column }
        }
        for floor in [Self.wrappedWidth, 4, 1] {
            let flexible = shown.map { place in
                let isText = columns[place.column].alignment == .left
                return Place(
                    column: place.column, width: place.width,
                    shortest: isText || floor == 1 ? min(floor, place.shortest ?? floor) : place.shortest,
                    wraps: place.wraps || isText && place.shortest == nil)
            }
            if let fitting = Self.fitted(flexible, in: available) { return fitting }
        }
        return shown
    }

    /// Narrows the widest flexible column repeatedly until all columns fit. Nil if they cannot fit.
    private static func fitted(_ places: [Place], in available: Int) -> [Place]? {
        var places = places
        while places.reduce(0, { $0 + $1.width }) + gap * (places.count - 1) > available {
            let flexible = places.indices.filter { index in
                places[index].shortest.map { places[index].width > $0 } ?? false
            }
            guard let widest = flexible.max(by: { places[$0].width < places[$1].width }) else { return nil }
            places[widest].width -= 1
        }
        return places
    }
}

extension String {
    fileprivate var trimmingTrailingSpaces: String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
