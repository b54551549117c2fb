/// Sends sample cases one after the other and compares the status of each answer.
package struct SendRun: Sendable {
    package let base: BaseAddress
    package let samples: SampleFolder
    package let secrets: SecretFolder
    /// All cases where this is empty.
    package var names: [String] = []
    package var mode = ProofMode.fresh
    package var answerTimeLimit: Duration = .seconds(10)
    package let secondsSinceEpoch: @Sendable () -> Int64

    /// Everything is read before the first request goes out, so that a missing file sends nothing.
    package func run(on console: Console) async throws(SandboxFailure) -> SandboxStatus {
        let cases = try samples.cases(named: names)
        let needed = RequestSigner.secretNames(for: cases, mode: mode)
        let signer = RequestSigner(mode: mode, secrets: try secrets.secrets(named: needed))
        let sender = ExactSender(host: base.host, port: base.port, answerTimeLimit: answerTimeLimit)
        var unexpectedCount = 0
        for (sample, head) in zip(cases, SendTable.heads(cases)) {
            let now = secondsSinceEpoch()
            let request = signer.signed(sample, secondsSinceEpoch: now).addressed(to: base)
            let outcome = try await outcome(of: request, through: sender)
            try console.print("\(head)  \(SendTable.answer(outcome))")
            let expected = signer.expectedStatus(of: sample)
            if let mismatch = SendTable.mismatch(sample, outcome, expectedStatus: expected) {
                unexpectedCount += 1
                try console.print(mismatch)
            }
        }
        try console.print(SendTable.summary(sentCount: cases.count, unexpectedCount: unexpectedCount, base: base))
        return unexpectedCount == 0 ? .success : .unexpected
    }

    private func outcome(
        of request: SampleRequest, through sender: ExactSender
    ) async throws(SandboxFailure) -> SendOutcome {
        do {
            return .answered(try await sender.send(request))
        } catch {
            switch error {
            case .unreachable(let problem): throw .unreachable(address: base.description, problem: problem)
            case .unanswered(let problem): return .unanswered(problem: problem)
            }
        }
    }
}

/// What became of one request that reached the receiver.
package enum SendOutcome: Sendable, Equatable {
    case answered(ReceivedAnswer)
    case unanswered(problem: String)
}
