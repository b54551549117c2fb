internal import ArgumentParser
internal import CallboxConfiguration
internal import Deliveries
internal import Replay
internal import TerminalOutput

/// The rules of option values that several commands accept.
enum OptionCheck {
    /// A duration that is longer than zero.
    static func duration(_ text: String, _ flag: String) throws(ValidationError) -> Duration {
        guard let duration = Quantity.duration(text), duration > .zero else {
            throw ValidationError("\(flag) must be a duration, such as 30s or 5m")
        }
        return duration
    }

    /// The statuses of `--expect`.
    @discardableResult
    static func statuses(_ text: String) throws(ValidationError) -> ExpectedStatuses {
        guard let statuses = ExpectedStatuses(text) else {
            throw ValidationError("--expect must be statuses or classes of them, such as 2xx, 204 or 200,201")
        }
        return statuses
    }

    /// The reason that is stored with an action; nil is accepted.
    static func reason(_ text: String?) throws(ValidationError) {
        guard text.map({ !$0.allSatisfy(\.isWhitespace) && $0.utf8.count <= 1000 }) ?? true else {
            throw ValidationError("--reason must have 1 to 1000 bytes")
        }
    }

    /// The ID of a link or a hold.
    ///
    /// - Parameter list: the command that lists the IDs.
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
    /// The failure for a name that is not in `known`, with the nearest name or all of them as advice.
    static func unknown(
        _ what: String, _ name: String, among known: [String], suffix: String = ""
    ) -> CommandFailure {
        CommandFailure(
            .usage, "there is no \(what) '\(TerminalText.escape(name))'\(suffix)",
            advice: NearestName.of(name, among: known).map { "Did you mean '\($0)'?" }
                ?? "Use one of \(known.joined(separator: ", ")).")
    }
}
