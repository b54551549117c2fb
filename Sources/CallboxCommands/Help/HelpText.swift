internal import ArgumentParser
internal import Foundation

/// The help of a command: usage, summary, arguments, options and examples. Rearranges the text that ArgumentParser
/// renders.
struct HelpText {
    private(set) var usage: String
    private(set) var summary: String
    /// Arguments, options and subcommands, with their headings.
    private(set) var sections: String
    private(set) var examples: String

    /// Renders the help of a command. If the command has a default subcommand, renders the help of that subcommand and
    /// appends the list of subcommands.
    ///
    /// - Parameters:
    ///   - columns: the width; nil for the width of the terminal.
    ///   - includesHidden: whether the help lists shared options or only refers to their topics.
    init(_ command: any ParsableCommand.Type, columns: Int? = nil, includesHidden: Bool = false) {
        guard let usual = command.configuration.defaultSubcommand else {
            self.init(only: command, columns: columns, includesHidden: includesHidden)
            return
        }
        self.init(only: usual, columns: columns, includesHidden: includesHidden)
        let heading = "SUBCOMMANDS:\n"
        let group = HelpText(only: command, columns: columns, includesHidden: includesHidden)
        sections = sections.trimmingNewlines + "\n\n" + heading + group.sections.cut(at: heading).1.trimmingNewlines
    }

    private init(only command: any ParsableCommand.Type, columns: Int?, includesHidden: Bool) {
        let text = CallboxCommand.helpMessage(for: command, includeHidden: includesHidden, columns: columns)
        let (overview, rest) = text.cut(at: "USAGE: ")
        (summary, examples) = overview.cut(at: "\n\nEXAMPLES\n")
        summary = String(summary.trimmingPrefix("OVERVIEW: "))
        // The usage keeps its indentation, because "Usage: " is as wide as "USAGE: ".
        (usage, sections) = rest.cut(at: "\n\n")
        sections = sections.replacing(" SUBCOMMANDS:\n", with: ":\n")
        guard command != CallboxCommand.self else {
            let topics = HelpTopic.allCases.map { topic in
                "  \(topic.rawValue)".padding(toLength: 26, withPad: " ", startingAt: 0) + topic.abstract
            }
            sections =
                sections.replacing("\n  See 'callbox help <subcommand>' for detailed help.", with: "")
                .trimmingNewlines + "\n\nHELP TOPICS (callbox help <topic>):\n" + topics.joined(separator: "\n")
            return
        }
        guard !includesHidden else { return }
        sections =
            sections.split(separator: "\n", omittingEmptySubsequences: false).filter { line in
                !line.hasSuffix("  Show help information.") && !line.hasSuffix("  Show the version.")
            }.joined(separator: "\n").replacing("OPTIONS:\n\n", with: "")
        if sections.hasSuffix("OPTIONS:\n") { sections.removeLast("OPTIONS:\n".count) }
        let all = CallboxCommand.helpMessage(for: command, includeHidden: true, columns: 1000)
        let topics = [("Filters: see", "--unrouted  ", "filters"), ("Common options: see", "--config <", "formats")]
        let references = topics.filter { all.contains($0.1) && !text.contains($0.1) }
            .map { "\($0.0) 'callbox help \($0.2)'." }
        sections = sections.trimmingNewlines + (references.isEmpty ? "" : "\n\n" + references.joined(separator: " "))
    }

    var text: String {
        let parts = ["Usage: \(usage)", summary, sections, examples.isEmpty ? "" : "EXAMPLES:\n" + examples]
        return parts.map(\.trimmingNewlines).filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
    }
}

extension String {
    /// Splits the text at the first separator. Without a separator the second part is empty.
    fileprivate func cut(at separator: String) -> (String, String) {
        guard let range = range(of: separator) else { return (self, "") }
        return (String(self[..<range.lowerBound]), String(self[range.upperBound...]))
    }

    fileprivate var trimmingNewlines: String {
        var text = self[...]
        while text.last == "\n" { text.removeLast() }
        while text.first == "\n" { text.removeFirst() }
        return String(text)
    }
}
