internal import Synchronization
package import TerminalOutput

/// Collects the output of a command in memory.
package final class RecordedOutput: Sendable {
    private let written = Mutex("")
    private let noted = Mutex("")

    /// The text on standard output.
    package var text: String {
        written.withLock { $0 }
    }

    /// The text on standard error.
    package var errorText: String {
        noted.withLock { $0 }
    }

    package init() {}

    package func console(
        isTerminal: Bool = false, width: Int = 100, height: Int = 40, usesColor: Bool = false
    ) -> Console {
        var console = Console(
            isTerminal: isTerminal, width: width, height: height, usesColor: usesColor,
            out: { [self] text in written.withLock { $0 += text } },
            error: { [self] text in noted.withLock { $0 += text } })
        console.localClock = .utc
        return console
    }
}
