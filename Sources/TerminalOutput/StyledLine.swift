/// A line of styled parts, truncated to the width of the terminal.
package struct StyledLine {
    private var parts: [(text: String, style: Console.Style?)] = []

    package init() {}

    /// Escapes text for terminals and adds it.
    package mutating func add(_ text: String, _ style: Console.Style? = nil) {
        parts.append((TerminalText.escape(text), style))
    }

    /// Adds text, shortened to `count` columns. Escapes the text for terminals.
    package mutating func add(_ text: String, _ style: Console.Style? = nil, atMost count: Int) {
        let text = TerminalText.escape(text)
        parts.append((TerminalWidth.shortened(text, to: count), style))
    }

    package func text(on console: Console) -> String {
        var room = console.isTerminal ? console.width : Int.max
        var line = ""
        for (index, part) in parts.enumerated() {
            let isLast = index == parts.count - 1
            var text = part.text
            // Reserves one column for `…`.
            let width = TerminalWidth.of(text)
            if width > room || width == room && !isLast {
                text = TerminalWidth.prefix(of: text, columns: max(0, room - 1)) + "…"
            }
            line += part.style.map { console.styled(text, $0) } ?? text
            guard text == part.text else { break }
            room -= width
        }
        return line
    }
}
