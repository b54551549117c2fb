import ArgumentParser
import Providers

@testable import CallboxCommands

/// Generates docs/cli.md and the manual page from the help, so the three texts always agree.
enum CommandReference {
    struct Page {
        let name: String
        let help: HelpText
        /// The help, with each paragraph and each entry on a single line.
        let unwrapped: HelpText
    }

    static var pages: [Page] {
        pages(of: CallboxCommand.self, after: [])
    }

    private static func pages(of command: any ParsableCommand.Type, after words: [String]) -> [Page] {
        let words = words + [command.configuration.commandName ?? ""]
        // Recursion is safe, because commands are nested at most three levels deep.
        return [
            Page(
                name: words.joined(separator: " "), help: HelpText(command, columns: 80),
                unwrapped: HelpText(command, columns: 10_000))
        ]
            // The page of a command already contains the help of its default subcommand.
            + command.configuration.subcommands.filter { $0 != command.configuration.defaultSubcommand }
            .flatMap { pages(of: $0, after: words) }
    }

    /// The text of docs/cli.md.
    static var markdown: String {
        let topics = HelpTopic.allCases.map { ("callbox help \($0.rawValue)", $0.text) }
        let sections = (pages.map { ($0.name, $0.help.text) } + topics).map { name, text in
            "## `\(name)`\n\n```text\n\(trimmed(text))\n```\n"
        }
        return """
            # The command line

            The output of `callbox help` for every command and topic. This page is generated; a test compares the two.
            [cli-json.md](cli-json.md) documents the JSON.


            """ + sections.joined(separator: "\n")
    }

    /// The manual page, in the macros of man(7).
    static var manual: String {
        let commands = pages.dropFirst().filter { !$0.help.usage.hasSuffix("<subcommand>") }.map { page in
            let help = page.unwrapped
            return ".SS \(roff(page.name))\n.nf\n.B \(roff(page.help.usage))\n.fi\n"
                + entries(help.summary + "\n\n" + help.sections.replacing(hint, with: ""))
        }
        let exits = ExitStatus.allCases.map { ".TP\n.B \($0.rawValue)\n\(roff($0.meaning))\n" }
        let secrets = CallboxCommand.providers.descriptors.flatMap(\.defaultSecrets)
            .map { (name: $0.variable, meaning: "Secret of a default source, if there is no configuration file.") }
        let sections = [
            ("NAME", "callbox \\- receive, archive, query and replay provider callbacks\n"),
            ("SYNOPSIS", ".B callbox\n.I command\n.RI [ options ]\n"),
            ("DESCRIPTION", roff(description) + "\n"), ("COMMANDS", commands.joined()),
            ("OPTIONS", literal(HelpTopic.formats.text)), ("FILTERS", literal(HelpTopic.filters.text)),
            ("EXIT STATUS", exits.joined()), ("ENVIRONMENT", list(environment + secrets)), ("FILES", list(files)),
            ("EXAMPLES", literal(pages[0].help.examples)),
            ("SEE ALSO", ".BR jq (1),\n.BR less (1),\n.BR sqlite3 (1),\n.BR systemd.service (5)\n"),
        ]
        return ".TH CALLBOX 1 \"\" \"callbox \(CallboxCommand.version)\" \"User Commands\"\n"
            + sections.map { ".SH \($0)\n\($1)" }.joined()
    }

    private static let description = """
        Callbox receives the callbacks of identity, open-finance and background-check providers, stores every one
        durably, and lists, searches and replays what arrived. A response of 200 means that the exact bytes are on disk.
        """

    private static let environment: [(name: String, meaning: String)] = [
        ("CALLBOX_CONFIG", "Configuration file, if --config is not given."),
        ("CALLBOX_ARCHIVE", "Archive directory, if --archive is not given."),
        ("CALLBOX_LISTEN", "Address of serve, if --listen is not given."),
        ("CALLBOX_PAGER, PAGER", "Pager of long output. Default: less."),
        ("NO_COLOR", "Turns color off if it is not empty."), ("TZ", "Time zone of times on a terminal."),
        ("XDG_STATE_HOME", "Directory of the position of tail --since-last. Default: ~/.local/state."),
    ]

    private static let files: [(name: String, meaning: String)] = [
        ("callbox.yaml", "Configuration in the current directory."),
        ("storage/data", "Default archive directory, with journal.sqlite, index.sqlite and quarantine.sqlite."),
        ("~/.local/state/callbox", "Positions of tail --since-last."),
    ]

    private static var hint: Regex<Substring> { #/\n  See 'callbox help [^']*' for detailed help\./# }

    private static func list(_ entries: [(name: String, meaning: String)]) -> String {
        entries.map { ".TP\n.B \(roff($0.name))\n\(roff($0.meaning))\n" }.joined()
    }

    /// Formats paragraphs, headings (`OPTIONS:`) and entries (two spaces, a term, spaces, the meaning). The meaning of
    /// a long term is on the next line.
    private static func entries(_ text: String) -> String {
        trimmed(text).split(separator: "\n").map { line in
            let words = line.drop { $0 == " " }
            switch line.count - words.count {
            case 0 where line.hasSuffix(":") && line == line.uppercased():
                return ".PP\n.B \(roff(String(line.dropLast())))\n"
            case 0: return ".PP\n\(roff(String(line)))\n"
            case 2:
                let parts = String(words).split(separator: "  ", maxSplits: 1)
                // A single space follows a term that fills its 24 columns.
                let isFull = parts.count == 1 && words.count > 24 && words.prefix(24).last == " "
                let term = isFull ? String(words.prefix(23)) : String(parts[0])
                let meaning = isFull ? words.dropFirst(24) : parts.dropFirst().joined().drop { $0 == " " }
                return ".TP\n.B \(roff(term))\n" + (meaning.isEmpty ? "" : roff(String(meaning)) + "\n")
            default: return roff(String(words)) + "\n"
            }
        }.joined()
    }

    /// Formats text whose line breaks are kept.
    private static func literal(_ text: String) -> String {
        ".nf\n\(roff(trimmed(text)))\n.fi\n"
    }

    /// Escapes backslashes and hyphens, and lines that start like a roff request.
    static func roff(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let escaped = line.replacing("\\", with: "\\e").replacing("-", with: "\\-")
            return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" + escaped : String(escaped)
        }.joined(separator: "\n")
    }

    private static func trimmed(_ text: String) -> String {
        var text = text[...]
        while text.last == "\n" { text.removeLast() }
        while text.first == "\n" { text.removeFirst() }
        return String(text)
    }
}
