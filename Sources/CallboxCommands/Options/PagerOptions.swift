internal import ArgumentParser
internal import Foundation
internal import TerminalOutput

/// Whether what is longer than the screen goes through a pager.
struct PagerOptions: ParsableArguments {
    @Flag(help: "No pager: $CALLBOX_PAGER, $PAGER or less show what is long otherwise.")
    var noPager = false

    /// Nil where nobody sits in front of it, or there is none.
    func pager(for console: Console) -> PagerCommand? {
        guard console.isTerminal, !noPager else { return nil }
        return PagerCommand(environment: ProcessInfo.processInfo.environment)
    }
}
