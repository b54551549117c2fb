internal import Foundation

/// The characters that charts are drawn with: blocks where the terminal's text is UTF-8, ASCII elsewhere.
struct ChartGlyphs: Equatable {
    /// A cell filled from the bottom, from the lowest to full.
    let bars: [Character]
    /// Shades from light to dark.
    let shades: [Character]
    let axis: Character
    let corner: Character

    static let blocks = ChartGlyphs(
        bars: ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"], shades: ["░", "▒", "▓", "█"], axis: "│", corner: "└")
    static let ascii = ChartGlyphs(bars: [".", ":", "#"], shades: [".", ":", "+", "#"], axis: "|", corner: "+")

    /// As POSIX says: the first of these variables that is set to something decides.
    static func preferred(_ environment: [String: String]) -> ChartGlyphs {
        let locale =
            environment.setting("LC_ALL") ?? environment.setting("LC_CTYPE") ?? environment.setting("LANG") ?? ""
        let name = locale.lowercased().filter { $0 != "-" }
        return name.contains("utf8") ? .blocks : .ascii
    }

    /// One of `count` steps for a value, 0 for nothing and at least 1 for something.
    static func step(_ value: Int64, of greatest: Int64, count: Int) -> Int {
        guard value > 0, greatest > 0 else { return 0 }
        let part = Double(min(value, greatest)) / Double(greatest) * Double(count)
        return min(count, max(1, Int(exactly: part.rounded(.up)) ?? count))
    }
}
