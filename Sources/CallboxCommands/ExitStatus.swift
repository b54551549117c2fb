internal import Foundation

/// Every way a command can end, as scripts see it. The numbers are those of sysexits.h where it has one.
package enum ExitStatus: Int32, CaseIterable, Sendable {
    case success = 0
    /// The command worked and its answer is no: not there, not verified, a replay that failed.
    case negative = 1
    /// The command line cannot be understood.
    case usage = 64
    /// Stored or given data is damaged or malformed.
    case damagedData = 65
    /// A file that is needed is missing or cannot be read.
    case missingInput = 66
    /// Something that is needed is not available: a port, the other end of a connection.
    case unavailable = 69
    /// A defect of Callbox.
    case internalFailure = 70
    /// Something of the system is lacking: the disk is full.
    case systemFailure = 71
    /// A file cannot be created or written.
    case cannotCreate = 73
    /// Reading or writing failed.
    case inputOutput = 74
    /// Somebody else has it now; try again later.
    case tryAgain = 75
    /// The configuration is wrong.
    case configuration = 78
    /// Ctrl-C ended it, as shells number that.
    case interrupted = 130

    /// What the number means, as `callbox --help` lists it.
    package var meaning: String {
        switch self {
        case .success: "done"
        case .negative: "worked, and the answer is no: not there, not verified, replay failed"
        case .usage: "the command line cannot be understood"
        case .damagedData: "stored or given data is damaged or malformed"
        case .missingInput: "a file that is needed is missing or cannot be read"
        case .unavailable: "a port or the other end of a connection is not available"
        case .internalFailure: "a defect of Callbox"
        case .systemFailure: "the disk is full"
        case .cannotCreate: "a file cannot be created or written"
        case .inputOutput: "reading or writing failed"
        case .tryAgain: "another process holds the archive; try again later"
        case .configuration: "the configuration is wrong"
        case .interrupted: "Ctrl-C stopped it"
        }
    }
}
