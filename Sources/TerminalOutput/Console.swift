package import Deliveries
internal import Foundation

/// The output of a command. Results are written to standard output, notes and progress to standard error.
package struct Console: Sendable {
    /// True if standard output is a terminal.
    package let isTerminal: Bool
    /// The number of columns of the terminal; 100 in a pipe.
    package let width: Int
    /// The number of rows of the terminal; 40 in a pipe.
    package let height: Int
    package var usesColor: Bool
    /// True if standard error is a terminal.
    package let showsProgress: Bool
    /// The time zone for times on a terminal. In a pipe, times are in UTC, in RFC 3339 format.
    package var clock = DayClock.utc
    /// The time zone for times in files for spreadsheets.
    package var localClock = DayClock.local
    /// The name of the program, which starts each line on standard error; empty for none.
    package var program = ""
    private let out: @Sendable (String) throws -> Void
    private let error: @Sendable (String) -> Void

    package init(
        isTerminal: Bool, width: Int, height: Int = 40, usesColor: Bool, showsProgress: Bool = false,
        out: @escaping @Sendable (String) throws -> Void,
        error: @escaping @Sendable (String) -> Void
    ) {
        self.isTerminal = isTerminal
        self.width = width
        self.height = height
        self.usesColor = usesColor
        self.showsProgress = showsProgress
        self.out = out
        self.error = error
    }

    /// The console of the process. `NO_COLOR` (no-color.org) turns colours off.
    package static let standard: Console = {
        let environment = ProcessInfo.processInfo.environment
        let isTerminal = isatty(STDOUT_FILENO) == 1
        let isPlain = environment["NO_COLOR"].map { !$0.isEmpty } ?? false || environment["TERM"] == "dumb"
        let size = terminalSize(environment)
        return Console(
            isTerminal: isTerminal, width: size.width, height: size.height, usesColor: isTerminal && !isPlain,
            showsProgress: isatty(STDERR_FILENO) == 1, out: { try StandardStream.write($0, to: STDOUT_FILENO) },
            error: { try? StandardStream.write($0, to: STDERR_FILENO) })
    }()

    /// Prints one line of the result.
    package func print(_ line: String) throws {
        try out(line + "\n")
    }

    /// Writes a part of the result without a line break.
    package func write(_ text: String) throws {
        try out(text)
    }

    /// Writes a note to standard error. Each line starts with the name of the program.
    package func note(_ text: String) {
        let prefix = program.isEmpty ? "" : program + ": "
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { line in
            wrapped(line, to: width - prefix.count)
        }
        error(lines.map { prefix + $0 + "\n" }.joined())
    }

    /// Breaks a sentence into lines between words. Does not break commands, so they can be copied.
    private func wrapped(_ sentence: Substring, to columns: Int) -> [Substring] {
        guard showsProgress, TerminalWidth.of(sentence) > columns, !sentence.contains("\(program) ") else {
            return [sentence]
        }
        var lines: [Substring] = []
        var rest = sentence
        while TerminalWidth.of(rest) > columns {
            var end = rest.startIndex
            var place = rest.firstIndex(of: " ")
            while let space = place, end == rest.startIndex || TerminalWidth.of(rest[..<space]) <= columns {
                end = space
                place = rest[rest.index(after: space)...].firstIndex(of: " ")
            }
            guard end > rest.startIndex else { break }
            lines.append(rest[..<end])
            rest = rest[rest.index(after: end)...]
        }
        return lines + [rest]
    }

    /// Writes a note, but only on a terminal.
    package func hint(_ line: String) {
        if showsProgress { note(line) }
    }

    /// Shows a progress line, which replaces the previous one. Does nothing unless standard error is a terminal.
    package func progress(_ text: String) {
        guard showsProgress else { return }
        error("\r\u{1b}[K" + text)
    }

    package func styled(_ text: String, _ style: Style) -> String {
        usesColor ? "\u{1b}[\(style.rawValue)m\(text)\u{1b}[0m" : text
    }

    /// The time in the format of this output.
    package func time(_ time: Timestamp) -> String {
        isTerminal ? clock.text(time) : time.rfc3339
    }

    package enum Style: String, Sendable {
        case bold = "1"
        case dim = "2"
        case red = "31"
        case green = "32"
        case yellow = "33"
        case cyan = "36"
    }

    /// The same console, except that results are written to `out`.
    func writing(to out: @escaping @Sendable (String) throws -> Void) -> Console {
        var console = Console(
            isTerminal: isTerminal, width: width, height: height, usesColor: usesColor, showsProgress: showsProgress,
            out: out, error: error)
        (console.clock, console.localClock, console.program) = (clock, localClock, program)
        return console
    }

    private static func terminalSize(_ environment: [String: String]) -> (width: Int, height: Int) {
        func given(_ name: String, _ range: ClosedRange<Int>) -> Int? {
            environment[name].flatMap { Int($0) }.flatMap { range.contains($0) ? $0 : nil }
        }
        var size = winsize()
        let isKnown = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0
        let width = isKnown && size.ws_col >= 20 ? Int(size.ws_col) : 100
        let height = isKnown && size.ws_row >= 4 ? Int(size.ws_row) : 40
        return (given("COLUMNS", 20...1000) ?? width, given("LINES", 4...1000) ?? height)
    }
}

extension [String: String] {
    /// The value of an environment variable. An empty variable counts as not set.
    package func setting(_ name: String) -> String? {
        self[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}

extension Console {
    /// Asks a question on standard error and reads the reply. Nil if standard input or standard error is not a
    /// terminal.
    package func confirms(_ question: String) -> Bool? {
        guard showsProgress, isatty(STDIN_FILENO) == 1 else { return nil }
        error("\(question) [y/N] ")
        let reply = readLine()?.lowercased() ?? ""
        return reply == "y" || reply == "yes"
    }
}
