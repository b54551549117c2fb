/// What the process ends with. The numbers above 1 are those of sysexits.h.
package enum SandboxStatus: Int32, Sendable {
    case success = 0
    /// An answer had another status than expected, or fewer requests came than were awaited.
    case unexpected = 1
    case usage = 64
    /// A sample, its expected.json or a secret is missing or cannot be read.
    case missingInput = 66
    /// The receiver cannot be reached, or the port cannot be listened on.
    case unavailable = 69
    case cannotCreate = 73
    /// Standard output does not take the text any more.
    case outputClosed = 74
}

extension SandboxFailure {
    package var exitStatus: SandboxStatus {
        switch self {
        case .missingFile, .unreadableFile, .unknownCase, .badScenario: .missingInput
        case .unreachable, .cannotListen, .noSandbox: .unavailable
        case .refused: .unexpected
        case .cannotWriteFile: .cannotCreate
        case .outputClosed: .outputClosed
        }
    }
}
