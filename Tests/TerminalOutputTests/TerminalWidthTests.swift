import TestKit
import Testing

@testable import TerminalOutput

@Suite("The width of text on a terminal")
struct TerminalWidthTests {
    @Test(
        "letters take one column, wide letters and emoji take two columns, and combining marks take no column",
        arguments: [
            ("", 0), ("abc", 3), ("João", 4), ("Joa\u{303}o", 4), ("日本語", 6), ("＝1", 3), ("😀", 2), ("☀", 1),
            ("☀\u{fe0f}", 2),
            ("👩\u{200d}👩\u{200d}👧", 2), ("\u{301}\u{301}x", 1), ("…", 1), ("한글", 4),
        ])
    func columns(text: String, expected: Int) {
        #expect(TerminalWidth.of(text) == expected)
    }

    @Test(
        "text that is too wide is shortened and ends with …, and no wide letter is split",
        arguments: [
            ("abc", 3, "abc"), ("abc", 2, "a…"), ("日本語", 6, "日本語"), ("日本語", 5, "日本…"), ("日本語", 4, "日…"),
            ("日本語", 1, "…"),
            ("abc", 0, "…"),
        ])
    func shortened(text: String, columns: Int, expected: String) {
        #expect(TerminalWidth.shortened(text, to: columns) == expected)
    }

    @Test("the columns of a table are aligned if cells contain wide letters")
    func table() {
        let rows = ["日本", "abcd", "a"].map { [Table.Cell($0), Table.Cell("x")] }
        let lines = Table(columns: [.init(title: "A"), .init(title: "B")], rows: rows).lines(
            on: RecordedOutput().console())
        #expect(lines == ["A     B", "日本  x", "abcd  x", "a     x"])
    }
}
