package import Diagnosis
package import StrictJSON
package import TerminalOutput

/// The output of `doctor`.
package enum FindingView {
    private static let topicWidth = 14

    /// One JSON object. `ok` is false if there is a problem; warnings do not affect it.
    package static func json(_ findings: [Finding]) -> JSONText {
        .object([
            .init("ok", .boolean(!findings.contains { $0.state == .problem })),
            .init(
                "findings",
                .array(
                    findings.map { finding in
                        .object([
                            .init("topic", .string(finding.topic)), .init("state", .string(finding.state.rawValue)),
                            .init("text", .string(finding.text)), .init("advice", .optional(finding.advice)),
                        ])
                    })),
        ])
    }

    /// The findings, wrapped to the width of the console, then the numbers of problems and warnings.
    package static func lines(_ findings: [Finding], _ console: Console) -> [String] {
        var lines = findings.flatMap { finding in
            let padding = String(repeating: " ", count: max(1, topicWidth - finding.topic.count))
            let indent = String(repeating: " ", count: topicWidth + 2)
            let width = max(20, console.width - topicWidth - 2)
            let text = wrapped(TerminalText.escape(finding.text), width)
            let advice = wrapped(finding.advice.map { "→ " + TerminalText.escape($0) } ?? "", width)
            let first = mark(finding.state, console) + " " + finding.topic + padding + (text.first ?? "")
            return [first] + (text.dropFirst() + advice).map { indent + $0 }
        }
        let problemCount = findings.filter { $0.state == .problem }.count
        let warningCount = findings.filter { $0.state == .warning }.count
        lines.append("")
        lines.append(
            problemCount + warningCount == 0
                ? "No problems found."
                : "\(HumanText.count(problemCount, "problem")), \(HumanText.count(warningCount, "warning")).")
        return lines
    }

    /// The text in lines of at most `width` characters. A longer word, such as a path, has its own line.
    private static func wrapped(_ text: String, _ width: Int) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, last.count + 1 + word.count <= width {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }

    private static func mark(_ state: Finding.State, _ console: Console) -> String {
        switch state {
        case .fine: console.styled("✓", .green)
        case .warning: console.styled("!", .yellow)
        case .problem: console.styled("✗", .red)
        }
    }
}
