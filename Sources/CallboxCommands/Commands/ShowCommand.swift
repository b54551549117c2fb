internal import Analysis
internal import ArgumentParser
internal import Deliveries
internal import Journal
internal import ReportIndex
internal import StrictJSON
internal import TerminalOutput

/// How `show` writes.
enum ShowFormat: String, CaseIterable, ExpressibleByArgument, Sendable {
    case table, json, ndjson
}

struct ShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show deliveries: how they came, what they say, their bodies.",
        usage: "callbox show <id> ... [--body | --headers | --part <number>] [<options>]",
        discussion: """
            Codes, tokens and signatures are masked, and in what people read national ids, e-mail addresses, \
            telephone and account numbers too; JSON has those as they came. --reveal masks nothing, and the archive's \
            access log has it. So do --body and JSON on a terminal.

            EXAMPLES
              callbox show 42
              callbox show latest
              callbox show 42.2                         the second report of it
              callbox show 42 43 --format json | jq '.[].reports'
              callbox show 42 --body | sha256sum        the exact bytes
              callbox show 42 --part 3                  an element of its array
              callbox show 42 --reveal --reason claim-7
            """)

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var revealing: RevealOptions
    @OptionGroup var paging: PagerOptions

    @Argument(
        help: ArgumentHelp(
            "Delivery or report: 42, 42.2 or latest.", valueName: "id"), transform: ItemReference.parse)
    var ids: [ItemReference]

    @Flag(help: "Write the body alone, byte for byte.")
    var body = false

    @Flag(help: "Write the headers alone.")
    var headers = false

    @Option(help: ArgumentHelp("Only this element of a body that is an array, from 1.", valueName: "number"))
    var part: Int?

    @Option(
        name: .shortAndLong,
        help: "How to write it. A table on a terminal; in a pipe JSON, an object a line. json is an array of several.")
    var format: ShowFormat?

    func validate() throws {
        guard !body || format == nil else { throw ValidationError("--body and --format exclude each other.") }
        guard !headers || !body && part == nil && format == nil else {
            throw ValidationError("--headers excludes --body, --part and --format.")
        }
        guard ids.count <= 100 else { throw ValidationError("At most 100 at once.") }
        guard ids.count == 1 || !body && part == nil else {
            throw ValidationError("--body and --part take one id.")
        }
        guard part.map({ (1...4_000_000).contains($0) }) ?? true else {
            throw ValidationError("--part takes a number from 1.")
        }
    }

    func run() async throws {
        let console = options.console
        let targets = try ids.map { id throws(CommandFailure) in try id.archived(for: "show") }
        let access = ArchiveAccess(try options.load(), console: console)
        let reader = body && targets != [.latest] ? try access.openReader() : try await access.reader()
        let finding = ShowFinding(reader: reader, part: part)
        let places = try targets.map { target throws(CommandFailure) in try finding.place(of: target) }
        if let command = recordedCommand(console) {
            let what = places.map(\.description).joined(separator: " ") + (part.map { ", part \($0)" } ?? "")
            try await revealing.record(command, of: what, access)
        }
        let writing = ShowWriting(
            console: console, pager: paging.pager(for: console), format: resolvedFormat(console),
            isRevealed: revealing.reveal)
        try writing.write(places, finding)
    }

    private func resolvedFormat(_ console: Console) -> ShowWriting.Format {
        if body { return .body }
        if headers { return .headers }
        switch format ?? (console.isTerminal ? .table : .ndjson) {
        case .table: return part == nil ? .table : .part
        case .json: return .json(isPart: part != nil)
        case .ndjson: return .ndjson(isPart: part != nil)
        }
    }

    /// The command for the access log; nil where nothing is shown in full, or not to a person.
    private func recordedCommand(_ console: Console) -> String? {
        let flags: [(isGiven: Bool, name: String)] = [
            (revealing.reveal, "--reveal"), (console.isTerminal && body, "--body"),
            (console.isTerminal && (format == .json || format == .ndjson), "--format \(format?.rawValue ?? "")"),
        ]
        let given = flags.filter(\.isGiven).map(\.name)
        return given.isEmpty ? nil : "show " + given.joined(separator: " ")
    }
}
