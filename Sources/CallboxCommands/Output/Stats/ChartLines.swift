internal import Deliveries

/// A chart of bars over time, and a map of the hours of the week.
struct ChartLines {
    private static let height = 6
    private static let weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

    let glyphs: ChartGlyphs
    let console: Console

    /// Bars that there is room for, with the numbers beside them.
    static func barLimit(width: Int) -> Int {
        min(100, max(12, width - 12))
    }

    /// ```
    /// 1240 │      ▂▅█
    ///      │▁▁▂▄▆█████▅▃
    ///      └ 11-20 20:00        11-21 20:00
    /// ```
    func lines(_ chart: TimeChart) -> [String] {
        let greatest = chart.values.max() ?? 0
        let title = "\(greatest)"
        let room = console.width - title.count - 3
        let width = max(1, min(3, room / max(1, chart.values.count)))
        let rest = String(repeating: " ", count: title.count)
        var lines: [String] = []
        for row in (0..<Self.height).reversed() {
            let bars = chart.values.map { value -> String in
                let level = ChartGlyphs.step(value, of: greatest, count: Self.height * glyphs.bars.count)
                let filled = min(glyphs.bars.count, max(0, level - row * glyphs.bars.count))
                return String(repeating: filled == 0 ? " " : glyphs.bars[filled - 1], count: width)
            }.joined()
            let label = row == Self.height - 1 ? title : rest
            lines.append("\(label) \(glyphs.axis)" + console.styled(trimmed(bars), .cyan))
        }
        let ends = [chart.start, chart.end].map { label($0, chart) }
        let gap = chart.values.count * width - ends[0].count - ends[1].count
        lines.append("\(rest) \(glyphs.corner)\(ends[0])\(String(repeating: " ", count: max(3, gap)))\(ends[1])")
        return lines
    }

    /// A line for each day of the week, two columns for each hour.
    func lines(week: [[Int64]]) -> [String] {
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

    /// `11-20 20:00`, or the date where a bar is a day or more.
    private func label(_ moment: Timestamp, _ chart: TimeChart) -> String {
        let (day, time) = DayClock.utc.parts(of: moment)
        return chart.barMilliseconds >= 86_400_000 ? day : "\(day.dropFirst(5)) \(time.prefix(5))"
    }

    private func trimmed(_ text: String) -> String {
        var text = text[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
