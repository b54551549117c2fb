internal import Diagnosis
internal import StrictJSON
internal import TerminalOutput

/// What `doctor` writes.
enum FindingView {
    private static let topicWidth = 14

    static func json(_ findings: [Finding]) -> JSONText {
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

    static func lines(_ findings: [Finding], _ console: Console) -> [String] {
        var lines = findings.flatMap { finding in
            let padding = String(repeating: " ", count: max(1, topicWidth - finding.topic.count))
            let first = mark(finding.state, console) + " " + finding.topic + padding + TerminalText.escape(finding.text)
            let indent = String(repeating: " ", count: topicWidth + 2)
            return [first] + (finding.advice.map { [indent + "→ " + TerminalText.escape($0)] } ?? [])
        }
        let problemCount = findings.filter { $0.state == .problem }.count
        let warningCount = findings.filter { $0.state == .warning }.count
        lines.append("")
        lines.append(
            problemCount + warningCount == 0
                ? "All is well."
                : "\(HumanText.count(problemCount, "problem")), \(HumanText.count(warningCount, "warning")).")
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
