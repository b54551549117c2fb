internal import Deliveries
package import Replay
internal import TerminalOutput

extension ReplayError {
    /// Describes the failure, and how to fix it.
    package var text: (message: String, advice: String) {
        switch self {
        case .noDelivery(let id):
            ("there is no delivery \(id) in this archive", "Run 'callbox list' for the IDs.")
        case .notHTTP(let url):
            (
                "cannot send to '\(TerminalText.escape(url))': not an http or https URL",
                "Use a URL such as http://localhost:3000/path."
            )
        case .noValue(let id, let path):
            (
                "cannot change delivery \(id): its body has no JSON value at \(TerminalText.escape(path))",
                "--set replaces only existing values. Run 'callbox show \(id) --body' to see them."
            )
        case .unsafeHeader(let id, let name):
            (
                "cannot send delivery \(id): its header \(TerminalText.escape(name)) contains a line break",
                "Remove it with --drop-header."
            )
        case .cannotKeep(let path):
            ("cannot write or read \(TerminalText.escape(path))", "Check its permissions and the free space.")
        case .isRunning(let run):
            ("another process is sending run \(run)", "Wait until the run is done, or stop that process.")
        case .noRun(let run): ("there is no run \(run)", "Run 'callbox replay runs' for the IDs.")
        case .notResumable(let run):
            (
                "run \(run) cannot be continued: it has ended, or its plan is not on this machine",
                "Run 'callbox replay show \(run)' to see its state."
            )
        case .cannotSign(let id, let source, let obstacle):
            (
                "cannot sign delivery \(id): \(obstacle.text(TerminalText.escape(source)).reason)",
                obstacle.text(TerminalText.escape(source)).advice
            )
        }
    }
}

extension ReplaySigner.Obstacle {
    fileprivate func text(_ source: String) -> (reason: String, advice: String) {
        switch self {
        case .unknownSource:
            ("the configuration has no source \(source)", "Pass the server's configuration with --config.")
        case .unsignedProvider:
            ("the provider of source \(source) does not sign deliveries", "Replay it without --sign.")
        case .noSecret:
            (
                "source \(source) has no secret",
                "Configure its secret, or pass an environment variable with --secret-env."
            )
        case .noFittingSecret:
            (
                "no secret of source \(source) fits the provider's signature scheme",
                "Check the secret, and its 'for' and 'identity' in the configuration."
            )
        case .noSignedTime:
            ("its signature scheme does not sign a time, so signatures do not expire", "Choose another --fault.")
        }
    }
}
