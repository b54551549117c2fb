/// The lines that `send` prints.
enum SendTable {
    /// How much of an answer is shown.
    static let answerCharacterCountLimit = 60

    /// What is known of the cases before they are sent, so that each line can be printed at once. A target is shown
    /// without its query, which may hold a credential.
    static func heads(_ cases: [SampleCase]) -> [String] {
        TextTable.lines(
            cases.map { sample in
                let target = "\(sample.request.method) \(sample.request.path)"
                return [name(sample), TerminalText.escaped(target.utf8), "\(sample.request.body.count) B"]
            })
    }

    /// Nil where the answer has the status that was expected.
    static func mismatch(_ sample: SampleCase, _ outcome: SendOutcome, expectedStatus: Int) -> String? {
        switch outcome {
        case .answered(let answer) where answer.status == expectedStatus: nil
        case .answered(let answer):
            "MISMATCH: \(name(sample)) should be answered \(expectedStatus), not \(answer.status)"
        case .unanswered: "MISMATCH: \(name(sample)) should be answered \(expectedStatus), and got no answer"
        }
    }

    static func summary(sentCount: Int, unexpectedCount: Int, base: BaseAddress) -> String {
        let expectedCount = sentCount - unexpectedCount
        let noun = sentCount == 1 ? "case" : "cases"
        let rest = unexpectedCount == 0 ? "" : ", \(unexpectedCount) not"
        return "\(sentCount) \(noun) sent to \(base): \(expectedCount) answered as expected\(rest)"
    }

    private static func name(_ sample: SampleCase) -> String {
        TerminalText.escaped(sample.name.utf8)
    }

    static func answer(_ outcome: SendOutcome) -> String {
        switch outcome {
        case .answered(let answer):
            // The line end that many answers have is no part of what they say.
            let body = answer.body.last == UInt8(ascii: "\n") ? answer.body.dropLast() : answer.body[...]
            let text = TerminalText.escaped(body, keepsBackslash: true)
            let shown = TerminalText.cut(text, to: answerCharacterCountLimit)
            return shown.isEmpty ? "\(answer.status)" : "\(answer.status)  \(shown)"
        case .unanswered(let problem):
            return "---  no answer: \(problem)"
        }
    }
}
