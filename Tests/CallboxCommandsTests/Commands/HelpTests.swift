import ArgumentParser
import Foundation
import Testing

@testable import CallboxCommands

@Suite("Help screens")
struct HelpTests {
    /// A command, and its words on the command line, such as `callbox config urls`.
    struct Screen: Sendable, CustomTestStringConvertible {
        let words: [String]
        let command: any ParsableCommand.Type

        var testDescription: String {
            words.joined(separator: " ")
        }

        var text: String {
            HelpText(command, columns: 80).text
        }

        /// The example commands: the lines after EXAMPLES in the discussion of the help.
        var examples: [Substring] {
            command.configuration.discussion.split(separator: "\n").drop { $0 != "EXAMPLES" }.filter {
                $0.hasPrefix("  ") && $0.contains("callbox ")
            }
        }

        /// The words of an example's command line, without the name of the program.
        static func words(of example: Substring) -> [String] {
            guard let start = example.range(of: "callbox ") else { return [] }
            var words: [String] = []
            for word in example[start.upperBound...].split(separator: " ", omittingEmptySubsequences: false) {
                // An empty word means two spaces, which start a remark. The other words are shell operators.
                if ["", "|", ">", "&&"].contains(word) { break }
                words.append(String(word))
            }
            return words
        }

        static func all(_ command: any ParsableCommand.Type, after words: [String] = []) -> [Screen] {
            let words = words + [command.configuration.commandName ?? ""]
            return [Screen(words: words, command: command)]
                + command.configuration.subcommands.flatMap { all($0, after: words) }
        }
    }

    private static let screens = Screen.all(CallboxCommand.self)

    @Test("each help screen fits into 80 columns and has no trailing spaces", arguments: screens)
    func width(screen: Screen) {
        for line in screen.text.split(separator: "\n") {
            #expect(line.count <= 80, "\(line)")
            #expect(!line.hasSuffix(" "), "\(line)")
        }
    }

    /// The help screens that have more than 30 lines. Remove a name when its help becomes short enough.
    private static let longer = [
        "callbox": 60, "callbox serve": 36, "callbox show": 31, "callbox replay": 42, "callbox replay send": 32,
        "callbox list": 40, "callbox export": 39, "callbox import": 34,
    ]

    @Test("each help screen has at most 30 lines, unless the list of longer screens names it", arguments: screens)
    func length(screen: Screen) {
        let name = screen.words.joined(separator: " ")
        let count = screen.text.split(separator: "\n", omittingEmptySubsequences: false).count - 1
        #expect(count <= Self.longer[name] ?? 30)
    }

    @Test("every example is on a single line and parses", arguments: screens)
    func examples(screen: Screen) {
        let isGroup = !screen.command.configuration.subcommands.isEmpty && screen.words.count > 1
        #expect(isGroup || !screen.examples.isEmpty)
        for example in screen.examples {
            #expect(screen.text.split(separator: "\n").contains(example))
            #expect(throws: Never.self, "\(example)") {
                let command = try CallboxCommand.parseAsRoot(Screen.words(of: example))
                #expect(screen.words.count == 1 || type(of: command) == screen.command)
            }
        }
    }

    @Test("topics fit into 80 columns, and 'help TOPIC' finds them", arguments: HelpTopic.allCases)
    func topic(topic: HelpTopic) {
        #expect(HelpTopic(arguments: ["help", topic.rawValue]) == topic)
        #expect(topic.text.split(separator: "\n").allSatisfy { $0.count <= 80 })
        for example in topic.text.split(separator: "\n") where example.hasPrefix("  callbox ") {
            #expect(throws: Never.self) { try CallboxCommand.parseAsRoot(Screen.words(of: example)) }
        }
    }

    @Test("the help of 'replay' describes its default subcommand and lists all subcommands", arguments: [false, true])
    func defaultSubcommand(includesHidden: Bool) {
        let help = HelpText(ReplayCommand.self, columns: 80, includesHidden: includesHidden).text
        #expect(help.hasPrefix("Usage: callbox replay (<id> ..."))
        #expect(help.contains("\n  --to <url> "))
        #expect(help.contains("\n\nSUBCOMMANDS:\n  send (default) "))
        #expect(help.contains("\n  runs ") && help.contains("\n  show ") && help.contains("\n  diff "))
        let sending = HelpText(ReplaySendCommand.self, columns: 80, includesHidden: includesHidden).text
        #expect(!sending.contains("\n  runs "))
    }

    @Test("shared options are in --help-hidden and in completions, and --help names the topics that describe them")
    func shared() {
        let help = HelpText(ListCommand.self, columns: 80).text
        #expect(!help.contains("--config") && !help.contains("--provider <"))
        #expect(help.contains("Filters: see 'callbox help filters'. Common options: see 'callbox help formats'."))
        let hidden = HelpText(ListCommand.self, columns: 80, includesHidden: true).text
        #expect(hidden.contains("--config <file>") && hidden.contains("--provider <name>"))
        let script = ArgumentVisibility.$includesSharedOptions.withValue(true) {
            CallboxCommand.completionScript(for: .bash)
        }
        #expect(script.contains("--json-path") && script.contains("--config"))
    }
}
