internal import StrictJSON
internal import TerminalOutput

/// What `doctor` says of one thing: how it stands, in a sentence, and what to do.
struct Finding: Equatable {
    enum State: String {
        case fine
        /// Works, and will not always.
        case warning
        /// Does not work, or loses something.
        case problem
    }

    /// A word for what was looked at.
    let topic: String
    let state: State
    let text: String
    let advice: String?

    static func fine(_ topic: String, _ text: String) -> Finding {
        Finding(topic: topic, state: .fine, text: text, advice: nil)
    }

    static func warning(_ topic: String, _ text: String, advice: String?) -> Finding {
        Finding(topic: topic, state: .warning, text: text, advice: advice)
    }

    static func problem(_ topic: String, _ text: String, advice: String?) -> Finding {
        Finding(topic: topic, state: .problem, text: text, advice: advice)
    }

    static func problem(_ topic: String, _ failure: CommandFailure) -> Finding {
        .problem(topic, failure.message, advice: failure.advice)
    }
}

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
