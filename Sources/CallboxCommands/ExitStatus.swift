/// The exit codes. Failures use the numbers of sysexits.h; `interrupted` is 128 + SIGINT, as in shells.
package enum ExitStatus: Int32, CaseIterable, Sendable {
    case success = 0
    case negative = 1
    case usage = 64
    case damagedData = 65
    case missingInput = 66
    case unavailable = 69
    case internalFailure = 70
    case systemFailure = 71
    case cannotCreate = 73
    case inputOutput = 74
    case tryAgain = 75
    case configuration = 78
    case interrupted = 130

    /// The description that `callbox help exit-codes` prints.
    package var meaning: String {
        switch self {
        case .success: "success"
        case .negative: "no match, verification failed, or replay failed"
        case .usage: "usage error"
        case .damagedData: "stored or input data is damaged or malformed"
        case .missingInput: "an input file is missing or cannot be read"
        case .unavailable: "a port, server or provider is not available"
        case .internalFailure: "a bug in Callbox"
        case .systemFailure: "a system resource is exhausted, such as disk space"
        case .cannotCreate: "a file cannot be created or written"
        case .inputOutput: "reading or writing failed"
        case .tryAgain: "another process is using the archive; try again later"
        case .configuration: "the configuration is invalid"
        case .interrupted: "interrupted by Ctrl-C; partial results were printed"
        }
    }
}
