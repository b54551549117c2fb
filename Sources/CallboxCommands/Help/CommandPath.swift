internal import ArgumentParser
internal import CallboxConfiguration
internal import TerminalOutput

/// The command named by the words of a command line, such as `callbox links create`.
struct CommandPath {
    private(set) var words = ["callbox"]
    private(set) var command: any ParsableCommand.Type = CallboxCommand.self
    /// The first word that is not a subcommand of the command before it; nil if all words are known.
    private(set) var unknown: String?
    private let isHelp: Bool

    /// - Parameter arguments: the arguments of the process, without its name.
    init(_ arguments: [String]) {
        isHelp = arguments.first == "help"
        for word in arguments.dropFirst(isHelp ? 1 : 0) {
            let subcommands = command.configuration.subcommands
            guard !subcommands.isEmpty, !word.hasPrefix("-"), word != "help" else { return }
            guard let next = subcommands.first(where: { $0.configuration.commandName == word }) else {
                if command.configuration.defaultSubcommand == nil { unknown = word }
                return
            }
            command = next
            words.append(word)
        }
    }

    var name: String {
        words.joined(separator: " ")
    }

    /// The failure for the unknown word; suggests the nearest name.
    var failure: CommandFailure? {
        guard let unknown else { return nil }
        let known = command.configuration.subcommands.compactMap { $0.configuration.commandName }
        let topics = words.count == 1 ? HelpTopic.allCases.map(\.rawValue) : []
        let advice = NearestName.of(unknown, among: known + (isHelp ? topics : [])).map { nearest in
            "Did you mean '\(isHelp ? "callbox help" + name.dropFirst("callbox".count) : name) \(nearest)'?"
        }
        return CommandFailure(
            .usage, "unknown command '\(name) \(TerminalText.escape(String(unknown.prefix(100))))'",
            advice: topics.contains(unknown)
                ? "Run 'callbox help \(unknown)'." : advice ?? "Run '\(name) --help' for the commands.")
    }

    /// The failure for an error of ArgumentParser: its message in one line, and the help command as advice.
    func usageFailure(_ message: String) -> CommandFailure {
        CommandFailure(.usage, UsageMessage.sentence(message), advice: "Run '\(name) --help'.")
    }
}
