package import Deliveries
package import Providers
package import TerminalOutput

/// The output of `verify`.
package enum DiagnosisView {
    /// The outcome, the body and the clock. If verification failed, also the received and the expected signatures.
    package static func lines(_ diagnosis: HMACDiagnosis, of request: InboundRequest, _ console: Console) -> [String] {
        var lines: [String] = []
        switch diagnosis.outcome {
        case .verified(let secretName):
            lines.append(console.styled("verified", .green) + " by secret \(TerminalText.escape(secretName))")
        case .expired(let secretName, let milliseconds):
            lines.append(
                console.styled("expired", .red)
                    + ": signed with secret \(TerminalText.escape(secretName)), but the signed time is "
                    + offset(milliseconds))
        case .failed(let rejection):
            lines.append(console.styled("does not verify", .red) + ": \(rejection.rawValue)")
        }
        lines.append(
            "  body      \(HumanText.count(request.body.count, "byte")), SHA-256 \(Hex.encode(diagnosis.bodySHA256))")
        if let milliseconds = diagnosis.clockOffsetMilliseconds {
            lines.append("  time      signed time is \(offset(milliseconds))")
        }
        if case .verified = diagnosis.outcome { return lines }
        for value in diagnosis.got { lines.append("  got       \(TerminalText.escape(value))") }
        for expectation in diagnosis.expected {
            for header in expectation.headers {
                lines.append(
                    "  expected  \(header.name): \(TerminalText.escape(header.value))   (secret \(TerminalText.escape(expectation.secretName)))"
                )
            }
        }
        return lines
    }

    private static func offset(_ milliseconds: Int64) -> String {
        guard milliseconds != 0 else { return "the time of arrival" }
        let seconds = milliseconds.magnitude / 1000
        return "\(seconds) s \(milliseconds > 0 ? "before" : "after") arrival"
    }
}
