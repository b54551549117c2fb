internal import ArgumentParser
internal import Journal
internal import ReportIndex

/// To see what is masked, and to leave word of it.
struct RevealOptions: ParsableArguments {
    @Flag(help: "Show what is masked. The archive's access log has it.")
    var reveal = false

    @Option(help: ArgumentHelp("Why, for the access log.", valueName: "text"))
    var reason: String?

    func validate() throws {
        let isGiven = reason.map { !$0.allSatisfy(\.isWhitespace) && $0.utf8.count <= 1000 } ?? true
        guard isGiven else { throw ValidationError("--reason takes a text of up to 1000 bytes.") }
    }

    /// Writes into the access log. Only after that may anything be shown.
    ///
    /// - Parameters:
    ///   - command: with the flags that matter, such as `show --reveal`.
    ///   - what: what will be seen.
    func record(_ command: String, of what: String, _ access: ArchiveAccess) async throws(CommandFailure) {
        let record = AccessRecord(user: AccountName.current(), command: command, subject: what, reason: reason)
        guard let record else {
            throw CommandFailure(.usage, "that is too much for one row of the access log", advice: "Ask for less.")
        }
        do throws(CommandFailure) {
            try await access.append(.access(record))
        } catch {
            throw CommandFailure(
                error.status, "nothing is shown unmasked, for the access log cannot be written: \(error.message)",
                advice: "Leave it masked, or use an account that may write to the archive.")
        }
    }
}
