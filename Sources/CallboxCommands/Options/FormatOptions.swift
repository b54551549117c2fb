internal import ArgumentParser
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
