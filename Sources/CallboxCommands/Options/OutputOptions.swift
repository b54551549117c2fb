internal import ArgumentParser
internal import Foundation
internal import TerminalOutput

/// How results are written.
enum OutputFormat: String, CaseIterable, ExpressibleByArgument, Sendable {
    case table, json, ndjson, csv
}

/// How a single thing is written.
enum ViewFormat: String, CaseIterable, ExpressibleByArgument, Sendable {
    case table, json
}

struct FormatOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: "How to write the result: table, json, ndjson or csv. A table on a terminal, ndjson in a pipe.")
    var format: OutputFormat?

    func resolved(for console: Console) -> OutputFormat {
        format ?? (console.isTerminal ? .table : .ndjson)
    }
}

/// When results are coloured.
enum ColorChoice: String, CaseIterable, ExpressibleByArgument, Sendable {
    /// On a terminal, where neither `NO_COLOR` nor `TERM=dumb` says otherwise.
    case auto
    case always, never
}

extension Console {
    /// The same console, coloured as was asked for.
    func colored(_ choice: ColorChoice) -> Console {
        switch choice {
        case .auto: self
        case .always: withColor(true)
        case .never: withColor(false)
        }
    }
}

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
