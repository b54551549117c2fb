import ArgumentParser
import Foundation
import Testing

@testable import CallboxCommands

@Suite("Help screens")
struct HelpTests {
    /// A command and its place on the command line, such as `callbox routes urls`.
    struct Screen: Sendable, CustomTestStringConvertible {
        let words: [String]
        let command: any ParsableCommand.Type

        var testDescription: String {
            words.joined(separator: " ")
        }

        var fileName: String {
            "help-\(words.joined(separator: "-")).txt"
        }

        var text: String {
            let text = CallboxCommand.helpMessage(for: command, columns: 80)
            return text.hasSuffix("\n") ? text : text + "\n"
        }

        /// What the discussion shows under EXAMPLES.
        var examples: [Substring] {
            command.configuration.discussion.split(separator: "\n").filter {
                $0.hasPrefix("  ") && $0.contains("callbox ")
            }
        }

        /// The words of an example's command line, without the program's name.
        static func words(of example: Substring) -> [String] {
            guard let start = example.range(of: "callbox ") else { return [] }
            var words: [String] = []
            for word in example[start.upperBound...].split(separator: " ", omittingEmptySubsequences: false) {
                // Two spaces lead over to a remark; the rest is the shell's.
                if ["", "|", ">"].contains(word) { break }
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

    @Test("each is as it was", arguments: screens)
    func golden(screen: Screen) throws {
        try GoldenFile.expect(screen.text, in: screen.fileName)
    }

    @Test("each fits into 80 columns and ends its lines without spaces", arguments: screens)
    func width(screen: Screen) {
        for line in screen.text.split(separator: "\n") {
            #expect(line.count <= 80, "\(line)")
            #expect(!line.hasSuffix(" "), "\(line)")
        }
    }

    @Test("every example stands on a line of its own and is understood", arguments: screens)
    func examples(screen: Screen) {
        let isGroup = !screen.command.configuration.subcommands.isEmpty && screen.words.count > 1
        #expect(isGroup || !screen.examples.isEmpty)
        for example in screen.examples {
            #expect(screen.text.split(separator: "\n").contains(example))
            #expect(throws: Never.self, "\(example)") {
                let command = try CallboxCommand.parseAsRoot(Screen.words(of: example))
                // The filters are a topic, not a command that takes them.
                let isTopic = screen.command == FiltersCommand.self
                #expect(screen.words.count == 1 || isTopic || type(of: command) == screen.command)
            }
        }
    }

    @Test("there is a screen for every command and no other")
    func complete() throws {
        #expect(
            Self.screens.map(\.testDescription) == [
                "callbox", "callbox serve", "callbox list", "callbox tail", "callbox search", "callbox show",
                "callbox diff", "callbox timeline", "callbox stats", "callbox sql", "callbox explain",
                "callbox replay", "callbox export", "callbox import", "callbox routes", "callbox routes check",
                "callbox routes explain",
                "callbox routes urls", "callbox links", "callbox links create", "callbox links create klavi",
                "callbox links create klavi-report", "callbox links create certn", "callbox links create certn-centric",
                "callbox links create ezid", "callbox links create certilink", "callbox links list",
                "callbox links show", "callbox links pending", "callbox links update", "callbox links disable",
                "callbox links dismiss", "callbox links fetch", "callbox links fetch certn-users",
                "callbox links fetch certn-applicants", "callbox links fetch certn-applicant",
                "callbox links fetch certn-report", "callbox links fetch frames", "callbox links fetch certilinks",
                "callbox links fetch cases", "callbox links follow-ups", "callbox sign",
                "callbox verify", "callbox doctor", "callbox completions", "callbox quarantine",
                "callbox quarantine list", "callbox quarantine show", "callbox quarantine promote",
                "callbox quarantine purge", "callbox archive", "callbox archive info",
                "callbox archive verify", "callbox archive backup", "callbox archive restore", "callbox archive prune",
                "callbox archive compact", "callbox archive reindex", "callbox archive hold",
                "callbox archive hold place", "callbox archive hold list", "callbox archive hold release",
                "callbox archive access", "callbox filters",
            ])
        let stored = try GoldenFile.names().filter { $0.hasPrefix("help-") }
        #expect(Set(stored) == Set(Self.screens.map(\.fileName)))
    }
}
