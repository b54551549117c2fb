internal import ArgumentParser
internal import Foundation
internal import Presentation
internal import TerminalOutput

extension OutputFormat: ExpressibleByArgument {}
extension StreamFormat: ExpressibleByArgument {}

/// The format of a single object.
enum ViewFormat: String, CaseIterable, ExpressibleByArgument, Sendable {
    case table, json
}

struct FormatOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Output format. (default: table on a terminal, ndjson in a pipe)", visibility: .shared))
    var format: OutputFormat?

    func resolved(for console: Console) -> OutputFormat {
        format ?? (console.isTerminal ? .table : .ndjson)
    }
}

/// `--json NAMES`.
struct MemberOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Write JSON with only these members, such as id,type.", valueName: "names"))
    var json: String?

    func check(_ formats: FormatOptions) throws {
        guard json == nil || formats.format == nil || formats.format == .json || formats.format == .ndjson else {
            throw ValidationError("--json needs --format json or ndjson, or none")
        }
    }

    func resolved(_ formats: FormatOptions, for console: Console) -> OutputFormat {
        json == nil ? formats.resolved(for: console) : formats.format ?? .ndjson
    }
}

enum ColorChoice: String, CaseIterable, ExpressibleByArgument, Sendable {
    /// On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`.
    case auto
    case always, never
}

struct PagerOptions: ParsableArguments {
    @Flag(
        help: ArgumentHelp(
            "Do not page long output. (pager: $CALLBOX_PAGER, $PAGER or less)", visibility: .shared))
    var noPager = false

    /// Nil if the output is not a terminal or no pager is installed.
    func pager(for console: Console) -> PagerCommand? {
        guard console.isTerminal, !noPager else { return nil }
        return PagerCommand(environment: ProcessInfo.processInfo.environment)
    }
}
