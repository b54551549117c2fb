import ArgumentParser

@testable import CallboxCommands

/// Every command's help as one text: docs/cli.md and the manual page. Both are made from what `--help` prints, so that they
/// say the same.
enum CommandReference {
    struct Page {
        let name: String
        let help: String
    }

    static var pages: [Page] {
        pages(of: CallboxCommand.self, after: [])
    }

    private static func pages(of command: any ParsableCommand.Type, after words: [String]) -> [Page] {
        let words = words + [command.configuration.commandName ?? ""]
        // A loop would need a stack of its own; commands nest three deep.
        return [Page(name: words.joined(separator: " "), help: HelpText(command, columns: 80).text)]
            + command.configuration.subcommands.flatMap { pages(of: $0, after: words) }
    }

    /// The text of docs/cli.md.
    static var markdown: String {
        let sections = pages.map { page in
            "## `\(page.name)`\n\n```text\n\(page.help.trimmingNewlines)\n```\n"
        }
        return """
            # The command line

            What `callbox help` prints, of every command. This page is made from it; a test compares the two.
            [cli-json.md](cli-json.md) is the contract of the JSON.


            """ + sections.joined(separator: "\n")
    }

    /// The manual page, in the macros of man(7).
    static var manual: String {
        let sections = pages.map { page in
            ".SH \(roff(page.name.uppercased()))\n.nf\n\(roff(page.help.trimmingNewlines))\n.fi\n"
        }
        return """
            .TH CALLBOX 1 "" "callbox \(CallboxCommand.version)" "User Commands"
            .SH NAME
            callbox \\- receives the callbacks of Klavi, Certn, EZiD and Certificall, and keeps every report

            """ + sections.joined()
    }

    /// Text as roff takes it: backslashes, hyphens and lines that begin like a request.
    static func roff(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let escaped = line.replacing("\\", with: "\\e").replacing("-", with: "\\-")
            return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" + escaped : String(escaped)
        }.joined(separator: "\n")
    }
}

extension String {
    fileprivate var trimmingNewlines: String {
        var text = self[...]
        while text.last == "\n" { text.removeLast() }
        while text.first == "\n" { text.removeFirst() }
        return String(text)
    }
}
