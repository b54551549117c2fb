internal import Presentation
internal import Replay

extension CommandFailure {
    init(_ error: ReplayError) {
        let (message, advice) = error.text
        let status: ExitStatus =
            switch error {
            case .notHTTP: .usage
            case .noDelivery, .noValue, .unsafeHeader, .noRun, .notResumable: .negative
            case .cannotSign: .configuration
            case .cannotKeep: .inputOutput
            case .isRunning: .tryAgain
            }
        self.init(status, message, advice: advice)
    }
}
