/// What stops the sandbox. Names of files and addresses come from the user; nothing here quotes a body, a header or a
/// secret.
package enum SandboxFailure: Error, Equatable {
    case missingFile(path: String)
    case unreadableFile(path: String, problem: String)
    case unknownCase(name: String, folder: String)
    case unreachable(address: String, problem: String)
    case cannotListen(port: Int, problem: String)
    case cannotWriteFile(path: String, problem: String)
    case outputClosed
    /// Nobody answers where a sandbox should.
    case noSandbox(address: String, problem: String)
    /// The sandbox, or a scenario, does not do what is asked; the text is a whole sentence.
    case refused(String)
    case badScenario(path: String, problem: String)

    /// The sentence for the terminal: what happened, to what, and what to do next.
    package var message: String {
        let text =
            switch self {
            case .missingFile(let path):
                "\(path) does not exist; run from the folder that has samples/, or name it with --samples or --secrets"
            case .unreadableFile(let path, let problem):
                "\(path) cannot be used: \(problem)"
            case .unknownCase(let name, let folder):
                "there is no case '\(name)' in \(folder); a case is named like klavi/link-created-event"
            case .unreachable(let address, let problem):
                "\(address) cannot be reached: \(problem); start the receiver there, or name another with --to"
            case .cannotListen(let port, let problem):
                "127.0.0.1:\(port) cannot be listened on: \(problem); choose another --port, or 0 for any free one"
            case .cannotWriteFile(let path, let problem):
                "\(path) cannot be written: \(problem)"
            case .outputClosed:
                "standard output is closed"
            case .noSandbox(let address, let problem):
                "no sandbox at \(address): \(problem); start one with 'callbox-sandbox serve', or name it with --sandbox"
            case .refused(let text):
                text
            case .badScenario(let path, let problem):
                "\(path) is no scenario: \(problem)"
            }
        return TerminalText.escaped(text.utf8, keepsBackslash: true)
    }
}

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
