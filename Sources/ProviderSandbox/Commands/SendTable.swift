/// The lines that `send` prints. The columns are as wide as the cases need, so that each line can be printed at once.
struct SendTable {
    /// How much of an answer is shown.
    static let answerCharacterCountLimit = 60

    private let nameWidth: Int
    private let targetWidth: Int
    private let sizeWidth: Int

    init(_ cases: [SampleCase]) {
        nameWidth = cases.map { Self.name($0).count }.max() ?? 0
        targetWidth = cases.map { Self.target($0).count }.max() ?? 0
        sizeWidth = cases.map { Self.size($0).count }.max() ?? 0
    }

    func line(_ sample: SampleCase, _ outcome: SendOutcome) -> String {
        let size = Self.size(sample)
        let columns = [
            Self.padded(Self.name(sample), to: nameWidth),
            Self.padded(Self.target(sample), to: targetWidth),
            String(repeating: " ", count: sizeWidth - size.count) + size,
            Self.answer(outcome),
        ]
        return columns.joined(separator: "  ")
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

    /// Without the query, which may hold a credential.
    private static func target(_ sample: SampleCase) -> String {
        TerminalText.escaped("\(sample.request.method) \(sample.request.path)".utf8)
    }

    private static func size(_ sample: SampleCase) -> String {
        "\(sample.request.body.count) B"
    }

    private static func answer(_ outcome: SendOutcome) -> String {
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

    private static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: width - text.count)
    }
}
