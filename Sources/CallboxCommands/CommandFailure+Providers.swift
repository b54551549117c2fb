internal import FollowUp
internal import Providers
internal import TerminalOutput

extension CommandFailure {
    /// A failed call to a provider, with the provider's own error message if there is one.
    init(_ failure: ProviderCallFailure) {
        switch failure {
        case .rejected(let rejection):
            let words = rejection.words.map { TerminalText.escape($0) }.joined(separator: "; ")
            let code = rejection.code.map { ", code \(TerminalText.escape($0))" } ?? ""
            self.init(
                .negative,
                "the provider rejected the request (\(rejection.status)\(code))" + (words.isEmpty ? "" : ": \(words)"),
                advice: rejection.advice)
        case .unreachable: self.init(.unavailable, TerminalText.escape(failure.description))
        case .unexpectedResponse: self.init(.damagedData, TerminalText.escape(failure.description))
        case .badInput: self.init(.usage, TerminalText.escape(failure.description))
        case .cancelled: self.init(.tryAgain, failure.description)
        }
    }

    init(_ error: ProviderAccessError) {
        switch error {
        case .variableNotSet(let credential, let variable):
            self.init(
                .configuration, "\(credential) is missing: the environment variable \(variable) is not set",
                advice: "Set the variable, or name a file under 'apis' in the configuration.")
        case .unreadableFile(let credential, let path):
            self.init(
                .configuration, "\(credential) is missing: the file \(path) cannot be read or is empty",
                advice: "Check the path and its permissions.")
        }
    }
}
