internal import ArgumentParser
internal import TerminalOutput

/// The shells that completions are written for.
enum ShellName: String, CaseIterable, ExpressibleByArgument {
    case bash, zsh, fish

    var shell: CompletionShell {
        switch self {
        case .bash: .bash
        case .zsh: .zsh
        case .fish: .fish
        }
    }
}

struct CompletionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completions",
        abstract: "Write the completions of a shell.",
        discussion: """
            Commands and flags are completed, and the types, topics, sources and names of fields that the archive has.

            EXAMPLES
              callbox completions bash > ~/.local/share/bash-completion/completions/callbox
              callbox completions zsh > ~/.zfunc/_callbox
              callbox completions fish > ~/.config/fish/completions/callbox.fish
            """)

    @Argument(help: ArgumentHelp("bash, zsh or fish.", valueName: "shell"))
    var shell: ShellName

    func run() throws {
        try Console.standard.print(CallboxCommand.completionScript(for: shell.shell))
    }
}
