internal import ArgumentParser
internal import CallboxConfiguration
internal import TerminalOutput

/// A word that stands where a command has to, and is none.
enum UnknownCommand {
    /// Nil where the words lead to a command, or to a flag.
    ///
    /// - Parameter arguments: of the process, without its name.
    static func failure(in arguments: [String]) -> CommandFailure? {
        var command: any ParsableCommand.Type = CallboxCommand.self
        var path = "callbox"
        for word in arguments.first == "help" ? arguments.dropFirst() : arguments[...] {
            let subcommands = command.configuration.subcommands
            guard !subcommands.isEmpty, !word.hasPrefix("-"), word != "help" else { return nil }
            let names = subcommands.compactMap { $0.configuration.commandName }
            guard let place = names.firstIndex(of: word) else {
                return CommandFailure(
                    .usage, "there is no command '\(path) \(TerminalText.escape(String(word.prefix(100))))'",
                    advice: NearestName.of(word, among: names).map { "Did you mean '\(path) \($0)'?" }
                        ?? "'\(path) --help' lists those there are.")
            }
            command = subcommands[place]
            path += " " + names[place]
        }
        return nil
    }
}
