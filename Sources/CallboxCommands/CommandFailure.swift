internal import Analysis
internal import CallboxConfiguration
internal import CallboxServer
internal import FollowUp
internal import Journal
internal import Links
internal import Presentation
internal import Providers
internal import Replay
internal import Replication
internal import SharedJournal
internal import TerminalOutput
internal import TextForms
internal import Transfer

/// The failure of a command: what happened, what to do about it, and the exit status.
package struct CommandFailure: Error, Equatable, CustomStringConvertible {
    package let status: ExitStatus
    package let message: String
    /// The next step for the user; nil if the message contains it.
    package let advice: String?

    package init(_ status: ExitStatus, _ message: String, advice: String? = nil) {
        self.status = status
        self.message = message
        self.advice = advice
    }

    package var description: String {
        message + (advice.map { "\n\($0)" } ?? "")
    }
}

/// Runs `work` and translates the errors of all modules to command failures.
func translating<Value>(_ work: () throws -> Value) throws(CommandFailure) -> Value {
    do {
        return try work()
    } catch {
        throw CommandFailure(translating: error)
    }
}

extension CommandFailure {
    init(translating error: any Error) {
        self =
            CommandFailure(known: error)
            ?? CommandFailure(.internalFailure, "an unexpected failure (\(type(of: error)))")
    }

    /// Maps an error of any module to a failure with an exit code. This is the only such mapping. Nil for an unknown
    /// error.
    init?(known error: any Error) {
        switch error {
        case let failure as CommandFailure: self = failure
        case let error as ConfigurationError:
            var status = ExitStatus.configuration
            if case .unreadableFile = error { status = .missingInput }
            self.init(status, error.message, advice: error.advice)
        case OutputError.diskFull:
            self.init(
                .systemFailure, "the disk is full; the output is incomplete", advice: "Free some space.")
        case OutputError.failed(let reason): self.init(.inputOutput, "cannot write the output: \(reason)")
        case let error as AnalysisError: self.init(error)
        case let error as PresentationError: self.init(error)
        case let error as TransferError: self.init(error)
        case LinkError.badFile(let line, let problem):
            let place = line.map { "line \($0) of the file" } ?? "the file"
            self.init(
                .damagedData, TerminalText.escape("\(place) \(problem)"),
                advice: "Correct the file and run the command again. No link was created.")
        case let error as ReplayError: self.init(error)
        case let error as ArchiveError: self.init(error)
        case let slow as ValueTest.TooSlow:
            self.init(
                .usage, "the expression '\(TerminalText.escape(slow.expression))' is too slow on one value",
                advice: "Simplify it. Avoid nested repetition such as (a+)+.")
        case let error as ServerError: self.init(error)
        case let error as PostgresFailure:
            self.init(
                .unavailable, "the shared journal failed: \(TerminalText.escape(error.description))",
                advice: "Check 'journal' in the configuration, and the database.")
        case let failure as ArchiveCopy.Failure: self.init(failure)
        case SharedAppendFailure.alreadyRecorded: self.init(.negative, "the shared journal already has this delivery")
        case SharedAppendFailure.notCopied:
            self.init(.tryAgain, "the entry is in the shared journal, but this archive does not have a copy yet")
        case is SharedAppendFailure: self.init(.tryAgain, "the shared journal does not accept entries at the moment")
        case let failure as ProviderCallFailure: self.init(failure)
        case let error as ProviderAccessError: self.init(error)
        case let report as FailureReport: self.init(report)
        default: return nil
        }
    }

    private init(_ error: TransferError) {
        switch error {
        case .cannotWrite(let path, let reason):
            self.init(
                .cannotCreate, "cannot write \(path): \(reason)",
                advice: "Check the path, its permissions and the free space.")
        case .fileExists(let path, let canResume):
            self.init(
                .cannotCreate, "\(path) already exists",
                advice: canResume
                    ? "Choose another name, or continue the export with --resume." : "Choose another name.")
        case .folderNotEmpty(let path):
            self.init(
                .cannotCreate, "the folder \(path) is not empty",
                advice: "Choose another folder, or continue an interrupted export with --resume.")
        case .notResumable(let path):
            self.init(
                .damagedData, "\(path) does not end with an export record",
                advice: "--resume continues an export to ndjson. Choose another name for a new export.")
        case .cannotRead(let path, let code): self = .cannotRead(path, code)
        case .isFolder(let path):
            self.init(
                .missingInput, "\(path) is a folder",
                advice: "Name a file that 'callbox export' wrote as ndjson, json or har.")
        case .readFailed(let name): self.init(.inputOutput, "reading \(name) failed")
        case .notText(let name, let what, let advice):
            self.init(.damagedData, "\(name) is \(what), not JSON", advice: advice)
        case .badDelivery(let problem):
            self.init(
                .damagedData, problem,
                advice: "Use --skip-bad to skip such entries. The deliveries before this entry are not imported twice.")
        }
    }

    private init(_ failure: ArchiveCopy.Failure) {
        switch failure {
        case .stopped(let reason):
            self.init(
                .damagedData, reason,
                advice:
                    "Use an empty archive. To keep deliveries that only this archive has, use 'callbox export' and "
                    + "'callbox import'.")
        case .exchange: self.init(.unavailable, "cannot copy from the primary: \(TerminalText.escape(failure.text))")
        case .journal(let error): self.init(error)
        }
    }

    /// This failure in the form that the control socket transmits.
    var report: FailureReport {
        FailureReport(status: status.rawValue, message: message, advice: advice)
    }

    init(_ report: FailureReport) {
        self.init(ExitStatus(rawValue: report.status) ?? .inputOutput, report.message, advice: report.advice)
    }
}
