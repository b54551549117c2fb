internal import ArgumentParser
internal import TerminalOutput

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
        abstract: "Write a shell completion script.",
        discussion: """
            Completes commands and flags, and types, topics, sources and field names from the archive.

            EXAMPLES
              callbox completions bash > ~/.local/share/bash-completion/completions/callbox
              callbox completions zsh > ~/.zfunc/_callbox
              callbox completions fish > ~/.config/fish/completions/callbox.fish
            """)

    @Argument(help: ArgumentHelp("bash, zsh or fish.", valueName: "shell"))
    var shell: ShellName

    func run() throws {
        let script = ArgumentVisibility.$includesSharedOptions.withValue(true) {
            CallboxCommand.completionScript(for: shell.shell)
        }
        try Console.callbox.print(script)
    }
}
