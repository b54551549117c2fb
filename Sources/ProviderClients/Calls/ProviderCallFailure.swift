/// Why a call of a provider's API brought nothing.
package enum ProviderCallFailure: Error, Sendable, Equatable {
    /// No answer. `mayHaveArrived`: the provider may have carried out the call all the same.
    case unreachable(problem: String, mayHaveArrived: Bool)
    /// The provider said no.
    case rejected(ProviderRejection)
    /// The provider said yes in a way that is not documented; says what was missing and quotes nothing.
    case unexpectedResponse(String)
    /// The call was not made, for what it was to say is wrong; a sentence.
    case badInput(String)
    /// The caller's task was cancelled before the answer.
    case cancelled

    init(_ failure: TransportFailure) {
        self =
            switch failure {
            case .notSent(let problem): .unreachable(problem: problem, mayHaveArrived: false)
            case .noResponse(let problem): .unreachable(problem: problem, mayHaveArrived: true)
            case .tooLong: .unexpectedResponse("The answer is longer than is read.")
            }
    }
}

extension ProviderCallFailure: CustomStringConvertible {
    /// One or more sentences for a person.
    package var description: String {
        switch self {
        case .unreachable(let problem, let mayHaveArrived):
            "The provider did not answer: \(problem)."
                + (mayHaveArrived ? " The call may have been carried out all the same." : "")
        case .rejected(let rejection): rejection.description
        case .unexpectedResponse(let what): "The answer is not as documented. \(what)"
        case .badInput(let sentence): sentence
        case .cancelled: "The call was cancelled."
        }
    }
}
