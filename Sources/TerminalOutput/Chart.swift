package import Deliveries

/// Draws a chart of bars over time, and a map of the hours of the week.
package struct ChartLines {
    private static let height = 6
    private static let weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

    package let glyphs: ChartGlyphs
    package let console: Console

    package init(glyphs: ChartGlyphs, console: Console) {
        self.glyphs = glyphs
        self.console = console
    }

    /// The maximum number of bars in a chart of this width, next to the numbers of the axis.
    package static func barLimit(width: Int) -> Int {
        min(100, max(12, width - 12))
    }

    /// The lines of the chart:
    ///
    /// ```
    /// 1240 │      ▂▅█
    ///      │▁▁▂▄▆█████▅▃
    ///      └ 11-20 20:00        11-21 20:00
    /// ```
    ///
    /// - Parameter barMilliseconds: the time span of a bar, in milliseconds.
    package func lines(
        _ values: [Int64], from start: Timestamp, to end: Timestamp, barMilliseconds: Int64
    ) -> [String] {
        let greatest = values.max() ?? 0
        let title = "\(greatest)"
        let room = console.width - title.count - 3
        let width = max(1, min(3, room / max(1, values.count)))
        let rest = String(repeating: " ", count: title.count)
        var lines: [String] = []
        for row in (0..<Self.height).reversed() {
            let bars = values.map { value -> String in
                let level = ChartGlyphs.step(value, of: greatest, count: Self.height * glyphs.bars.count)
                let filled = min(glyphs.bars.count, max(0, level - row * glyphs.bars.count))
                return String(repeating: filled == 0 ? " " : glyphs.bars[filled - 1], count: width)
            }.joined()
            let label = row == Self.height - 1 ? title : rest
            lines.append("\(label) \(glyphs.axis)" + console.styled(trimmed(bars), .cyan))
        }
        let ends = [start, end].map { label($0, isDay: barMilliseconds >= 86_400_000) }
        let gap = values.count * width - ends[0].count - ends[1].count
        lines.append("\(rest) \(glyphs.corner)\(ends[0])\(String(repeating: " ", count: max(3, gap)))\(ends[1])")
        return lines
    }

    /// The lines of the map: one line per day, two columns per hour.
    package func lines(week: [[Int64]]) -> [String] {
        let greatest = week.flatMap { $0 }.max() ?? 0
        let hours = stride(from: 0, to: 24, by: 3).map { "\($0 < 10 ? "0" : "")\($0)    " }.joined()
        return ["    " + trimmed(hours)]
            + zip(Self.weekdays, week).map { name, counts in
                let cells = counts.map { count in
                    let step = ChartGlyphs.step(count, of: greatest, count: glyphs.shades.count)
                    return String(repeating: step == 0 ? " " : glyphs.shades[step - 1], count: 2)
                }.joined()
                let shown = trimmed(cells)
                return shown.isEmpty ? name : "\(name) " + console.styled(shown, .green)
            }
    }

    /// The label of a bar: `11-20 20:00`, or only the date if a bar spans a day or more.
    private func label(_ moment: Timestamp, isDay: Bool) -> String {
        let (day, time) = console.clock.parts(of: moment)
        return isDay ? day : "\(day.dropFirst(5)) \(time.prefix(5))"
    }

    private func trimmed(_ text: String) -> String {
        var text = text[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}

/// The characters of charts: block characters in a UTF-8 locale, otherwise ASCII.
package struct ChartGlyphs: Equatable {
    /// The characters of bars, from the lowest to a full cell.
    package let bars: [Character]
    /// The characters of shades, from light to dark.
    let shades: [Character]
    let axis: Character
    let corner: Character

    package static let blocks = ChartGlyphs(
        bars: ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"], shades: ["░", "▒", "▓", "█"], axis: "│", corner: "└")
    package static let ascii = ChartGlyphs(
        bars: [".", ":", "#"], shades: [".", ":", "+", "#"], axis: "|", corner: "+")

    /// The characters for the locale in the first variable that is set: `LC_ALL`, `LC_CTYPE` or `LANG` (POSIX 8.2).
    package static func preferred(_ environment: [String: String]) -> ChartGlyphs {
        let locale =
            environment.setting("LC_ALL") ?? environment.setting("LC_CTYPE") ?? environment.setting("LANG") ?? ""
        let name = locale.lowercased().filter { $0 != "-" }
        return name.contains("utf8") ? .blocks : .ascii
    }

    /// The number of steps, out of `count`, that represent a value: 0 for the value 0, otherwise at least 1.
    package static func step(_ value: Int64, of greatest: Int64, count: Int) -> Int {
        guard value > 0, greatest > 0 else { return 0 }
        let part = Double(min(value, greatest)) / Double(greatest) * Double(count)
        return min(count, max(1, Int(exactly: part.rounded(.up)) ?? count))
    }
}
