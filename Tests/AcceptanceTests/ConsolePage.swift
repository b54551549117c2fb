import Foundation

/// The files and commands on a documentation page, in order.
struct ConsolePage {
    /// A command after `$ ` with its continuation lines, and the output on the page.
    struct Step: CustomStringConvertible {
        var command: String
        /// The lines of the output. `…` matches any text. On its own line, `…` matches any number of lines.
        var shown: [String] = []
        var status: Int32 = 0

        var description: String { command }
    }

    /// The contents of the files on the page, by file name. A block is a file if it starts with a comment that contains
    /// a file name.
    private(set) var files: [String: String] = [:]
    private(set) var steps: [Step] = []

    init(_ url: URL) throws {
        let page = try String(contentsOf: url, encoding: .utf8)
        var block: (language: String, lines: [String])?
        for line in page.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
            guard line.hasPrefix("```") else {
                block?.lines.append(line)
                continue
            }
            if let ended = block {
                add(ended.lines, ended.language)
                block = nil
            } else {
                block = (String(line.dropFirst(3)), [])
            }
        }
    }

    private mutating func add(_ lines: [String], _ language: String) {
        if language == "console" { return steps += Self.steps(lines) }
        guard let first = lines.first, first.hasPrefix("# "), !first.dropFirst(2).contains(" ") else { return }
        files[String(first.dropFirst(2))] = lines.joined(separator: "\n") + "\n"
    }

    private static func steps(_ lines: [String]) -> [Step] {
        var steps: [Step] = []
        var isCommand = false
        for line in lines {
            if line.hasPrefix("$ ") {
                steps.append(Step(command: String(line.dropFirst(2))))
                isCommand = true
            } else if steps.isEmpty {
                continue
            } else if isCommand, steps[steps.count - 1].command.hasSuffix("\\") {
                steps[steps.count - 1].command += "\n" + line
            } else if line.hasPrefix("(exit status "), let status = Int32(line.dropFirst(13).dropLast()) {
                steps[steps.count - 1].status = status
            } else {
                isCommand = false
                steps[steps.count - 1].shown.append(line)
            }
        }
        return steps
    }
}

/// Compares output with the output on a page. Several spaces equal one space, and `…` matches any text.
enum ShownOutput {
    static func matches(_ shown: [String], _ printed: [String]) -> Bool {
        matches(shown.map(words)[...], printed.map(words)[...])
    }

    /// Matches each group of lines between two `…` lines at its first occurrence after the previous group.
    private static func matches(_ shown: ArraySlice<String>, _ printed: ArraySlice<String>) -> Bool {
        let groups = shown.split(separator: "…", omittingEmptySubsequences: false)
        guard let first = groups.first, let last = groups.last else { return printed.isEmpty }
        guard groups.count > 1 else { return fits(first, printed) }
        guard printed.count >= first.count + last.count, fits(first, printed.prefix(first.count)),
            fits(last, printed.suffix(last.count))
        else { return false }
        var rest = printed.dropFirst(first.count).dropLast(last.count)
        for group in groups.dropFirst().dropLast() {
            while !fits(group, rest.prefix(group.count)) {
                guard rest.count > group.count else { return false }
                rest = rest.dropFirst()
            }
            rest = rest.dropFirst(group.count)
        }
        return true
    }

    private static func fits(_ shown: ArraySlice<String>, _ printed: ArraySlice<String>) -> Bool {
        shown.count == printed.count && zip(shown, printed).allSatisfy(fits)
    }

    /// Matches one line.
    private static func fits(_ shown: String, _ printed: String) -> Bool {
        let parts = shown.components(separatedBy: "…")
        guard parts.count > 1, let first = parts.first, let last = parts.last else { return shown == printed }
        guard printed.hasPrefix(first), printed.count >= first.count + last.count else { return false }
        var rest = printed.dropFirst(first.count)
        guard rest.hasSuffix(last) else { return false }
        rest = rest.dropLast(last.count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let found = rest.range(of: part) else { return false }
            rest = rest[found.upperBound...]
        }
        return true
    }

    private static func words(_ line: String) -> String {
        line.split(separator: " ").joined(separator: " ")
    }
}
