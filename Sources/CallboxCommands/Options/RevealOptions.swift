internal import ArgumentParser
internal import Journal
internal import TerminalOutput

/// The options that show masked data and record the access.
struct RevealOptions: ParsableArguments {
    @Flag(help: "Show masked data; the audit log records the access.")
    var reveal = false

    @Option(help: ArgumentHelp("Reason for the audit log.", valueName: "text"))
    var reason: String?

    func validate() throws {
        try OptionCheck.reason(reason)
    }

    static let maskingNote = "personal data is masked on a terminal; redirect the output for full values"

    /// Records the access. Call this function before any masked data is shown.
    ///
    /// - Parameter command: the command with its flags, such as `show --reveal`.
    static func record(
        _ command: String, of subject: String, reason: String? = nil, _ access: ArchiveAccess
    ) async throws(CommandFailure) {
        let record = AccessRecord(user: AccountName.current(), command: command, subject: subject, reason: reason)
        guard let record else {
            throw CommandFailure(.usage, "too many IDs for one entry of the audit log", advice: "Pass fewer IDs.")
        }
        do throws(CommandFailure) {
            try await access.append(.access(record))
        } catch {
            throw CommandFailure(
                error.status, "cannot write the audit log, so masked data is not shown: \(error.message)",
                advice: "Omit --reveal, redirect the output, or use an account that may write to the archive.")
        }
    }
}
