/// A target figure and the measured figure.
struct Verdict {
    /// The figure and its limit, such as `2 KB, ratio to the bare listener: ≥ 0.30`.
    let target: String
    let measured: String
    /// True if the measured figure reaches the target. Nil if the figure could not be measured. `measured` then
    /// contains the reason.
    let isReached: Bool?

    init(_ target: String, measured: String, isReached: Bool?) {
        self.target = target
        self.measured = measured
        self.isReached = isReached
    }

    /// Creates a verdict on a figure that must be at most `most`.
    init(_ target: String, _ spread: Spread, atMost most: Double, decimals: Int, unit: String = "") {
        self.init(
            target, measured: spread.text(decimals) + unit,
            isReached: spread.median.isFinite ? spread.median <= most : nil)
    }

    /// Creates a verdict on a figure that must be at least `least`.
    init(_ target: String, _ spread: Spread, atLeast least: Double, decimals: Int, unit: String = "") {
        self.init(
            target, measured: spread.text(decimals) + unit,
            isReached: spread.median.isFinite ? spread.median >= least : nil)
    }

    var mark: String {
        switch isReached {
        case true: "reached"
        case false: "**not reached**"
        default: "not measured"
        }
    }
}

/// The results of one part of the suite.
struct PartReport {
    struct Table {
        let columns: [String]
        var rows: [[String]]
    }

    let title: String
    /// The procedure, and the meaning of the rows.
    let explanation: String
    var table: Table
    var verdicts: [Verdict]
    /// The reasons for missing results, and other remarks.
    var remarks: [String] = []

    /// The Markdown text of the part with its verdicts as a list.
    var alone: String {
        ([section, Self.verdictTable(verdicts)]).joined(separator: "\n")
    }

    var section: String {
        var lines = ["## \(title)", "", explanation, ""]
        lines += Self.lines(table)
        if !remarks.isEmpty { lines += [""] + remarks.map { "- \($0)" } }
        return lines.joined(separator: "\n") + "\n"
    }

    static func verdictTable(_ verdicts: [Verdict]) -> String {
        let rows = verdicts.map { [$0.target, $0.measured, $0.mark] }
        return lines(Table(columns: ["target", "measured", ""], rows: rows)).joined(separator: "\n") + "\n"
    }

    private static func lines(_ table: Table) -> [String] {
        let rule = table.columns.indices.map { $0 == 0 ? "---" : "---:" }
        return ([table.columns, rule] + table.rows).map { "| " + $0.joined(separator: " | ") + " |" }
    }
}
