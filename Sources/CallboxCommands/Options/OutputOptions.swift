internal import ArgumentParser
internal import Foundation
internal import Presentation
internal import StrictJSON
internal import TerminalOutput

extension OutputFormat: ExpressibleByArgument {}
extension StreamFormat: ExpressibleByArgument {}

extension CaseIterable where Self: RawRepresentable, RawValue == String {
    /// Parses an argument. The error lists the valid values, which ArgumentParser omits for hidden options.
    static func parse(_ text: String) throws -> Self {
        guard let value = Self(rawValue: text) else { throw ValidationError("use \(HumanText.list(names, "or"))") }
        return value
    }

    static var names: [String] { allCases.map(\.rawValue) }
}

/// The format of a single object.
enum ViewFormat: String, CaseIterable, ExpressibleByArgument, Sendable {
    case table, json
}

/// The options of commands that show a single object.
struct ViewFormatOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Output format. (default: table on a terminal, json in a pipe)", visibility: .shared))
    var format: ViewFormat?

    func resolved(for console: Console) -> ViewFormat {
        format ?? (console.isTerminal ? .table : .json)
    }

    func print(_ json: JSONText, _ lines: [String], on console: Console) throws {
        for line in resolved(for: console) == .json ? [json.line] : lines { try console.print(line) }
    }
}

struct FormatOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Output format. (default: table on a terminal, ndjson in a pipe)", visibility: .shared),
        completion: .list(OutputFormat.names), transform: OutputFormat.parse)
    var format: OutputFormat?

    @Flag(help: ArgumentHelp("Same as --format excel.", visibility: .shared))
    var excel = false

    func validate() throws {
        guard !excel || format?.isCSV ?? true else {
            throw ValidationError("--excel cannot be combined with a --format other than csv")
        }
    }

    /// The format that the options select; nil for the default.
    var given: OutputFormat? { excel ? .excel : format }

    func resolved(for console: Console) -> OutputFormat {
        given ?? (console.isTerminal ? .table : .ndjson)
    }
}

/// `--json NAMES` and `--columns NAMES`.
struct MemberOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Write JSON with only these members, such as id,type.", valueName: "names"))
    var json: String?

    @Option(
        help: ArgumentHelp(
            "Write CSV or a table with only these columns, such as id,externalInfo.traceId.", valueName: "names"))
    var columns: String?

    func check(_ formats: FormatOptions) throws {
        let isJSON = formats.given.map { $0 == .json || $0 == .ndjson }
        guard json == nil || columns == nil, json == nil || isJSON ?? true, columns == nil || isJSON != true else {
            throw ValidationError(
                "use --json with json or ndjson, or --columns with table, csv or excel, but not both")
        }
    }

    func resolved(_ formats: FormatOptions, for console: Console) -> OutputFormat {
        guard json == nil else { return formats.given ?? .ndjson }
        return columns != nil && !console.isTerminal ? formats.given ?? .csv : formats.resolved(for: console)
    }
}

enum ColorChoice: String, CaseIterable, ExpressibleByArgument, Sendable {
    /// Uses colours on a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`.
    case auto
    case always, never
}

struct PagerOptions: ParsableArguments {
    @Flag(
        help: ArgumentHelp(
            "Do not page long output. (pager: $CALLBOX_PAGER, $PAGER or less)", visibility: .shared))
    var noPager = false

    /// The pager to use. Nil with --no-pager, if the output is not a terminal, or if no pager is installed.
    func pager(for console: Console) -> PagerCommand? {
        guard console.isTerminal, !noPager else { return nil }
        return PagerCommand(environment: ProcessInfo.processInfo.environment)
    }
}
