internal import Deliveries
internal import Replay
internal import TerminalOutput

extension CommandFailure {
    init(_ error: ReplayError) {
        switch error {
        case .noDelivery(let id): self = .noSuchDelivery(id)
        case .notHTTP(let url):
            self.init(
                .usage, "cannot send to '\(TerminalText.escape(url))': not an http or https URL",
                advice: "Use a form such as http://localhost:3000/path.")
        case .noValue(let id, let path):
            self.init(
                .negative, "cannot change delivery \(id): its body has no JSON value at \(TerminalText.escape(path))",
                advice: "--set replaces values that exist. Run 'callbox show \(id) --body' to see them.")
        case .cannotSign(let id, let source, let obstacle):
            let (reason, advice) = Self.text(obstacle, source: TerminalText.escape(source))
            self.init(.configuration, "cannot sign delivery \(id): \(reason)", advice: advice)
        }
    }

    private static func text(_ obstacle: ReplaySigner.Obstacle, source: String) -> (reason: String, advice: String) {
        switch obstacle {
        case .unknownSource:
            ("the configuration has no source \(source)", "Name the server's configuration with --config.")
        case .unsignedProvider:
            ("the provider of source \(source) signs nothing", "Replay it without --sign.")
        case .noSecret:
            ("source \(source) has no secret", "Configure its secret, or name a variable with --secret-env.")
        case .noFittingSecret:
            (
                "no secret of source \(source) fits the provider's signature scheme",
                "Check the secret, and its 'for' and 'identity' in the configuration."
            )
        }
    }
}
