internal import ArgumentParser
internal import CallboxConfiguration
internal import Deliveries
internal import Replay
internal import TerminalOutput

/// Checks of option values that several commands share.
enum OptionCheck {
    /// Parses a duration that must be longer than zero.
    static func duration(_ text: String, _ flag: String) throws(ValidationError) -> Duration {
        guard let duration = Quantity.duration(text), duration > .zero else {
            throw ValidationError("\(flag) must be a duration, such as 30s or 5m")
        }
        return duration
    }

    /// Parses the status codes of `--expect`.
    @discardableResult
    static func statuses(_ text: String) throws(ValidationError) -> ExpectedStatuses {
        guard let statuses = ExpectedStatuses(text) else {
            throw ValidationError("--expect must be statuses or status classes, such as 2xx, 204 or 200,201")
        }
        return statuses
    }

    /// Checks the reason that is stored with an action. Nil is valid.
    static func reason(_ text: String?) throws(ValidationError) {
        guard text.map({ !$0.allSatisfy(\.isWhitespace) && $0.utf8.count <= 1000 }) ?? true else {
            throw ValidationError("--reason must have 1 to 1000 bytes")
        }
    }

    /// Parses the ID of a link or a hold.
    ///
    /// - Parameter list: the command that lists the IDs, named in the error.
    static func id(_ text: String, ofA what: String, list: String) throws(CommandFailure) -> Int64 {
        guard let number = DecimalText.nonNegative(text.utf8), number > 0 else {
            throw CommandFailure(
                .usage, "'\(TerminalText.escape(text))' is not the ID of a \(what)",
                advice: "Run 'callbox \(list)' for the IDs.")
        }
        return number
    }
}

extension CommandFailure {
    /// The failure for a name that is not in `known`. The advice contains the nearest name, or all names if no name is
    /// near.
    static func unknown(
        _ what: String, _ name: String, among known: [String], suffix: String = ""
    ) -> CommandFailure {
        CommandFailure(
            .usage, "there is no \(what) '\(TerminalText.escape(name))'\(suffix)",
            advice: NearestName.of(name, among: known).map { "Did you mean '\($0)'?" }
                ?? "Use one of \(known.joined(separator: ", ")).")
    }
}
