import Testing

@testable import TerminalOutput

@Suite("Lengths of time")
struct HumanTextSpanTests {
    @Test(
        "each is told in its largest unit, without a sign",
        arguments: [
            (Int64(0), "0 ms"), (999, "999 ms"), (1000, "1 s"), (-59_999, "59 s"), (60_000, "1 min"),
            (3_599_999, "59 min"),
            (3_600_000, "1 h"), (172_799_999, "47 h"), (172_800_000, "2 d"), (.min, "106751991167 d"),
        ])
    func span(milliseconds: Int64, expected: String) {
        #expect(HumanText.span(milliseconds: milliseconds) == expected)
    }
}
