internal import ArgumentParser
internal import Foundation
internal import Journal
internal import Presentation
internal import Replay
internal import ReportIndex
internal import TerminalOutput

extension RequestCode.Language: EnumerableFlag {}

enum ShowFormat: String, CaseIterable, ExpressibleByArgument, Sendable {
    case table, json, ndjson
}

struct ShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show the request, reports and body of deliveries.",
        usage: "callbox show <id> ... [--why | --body | --headers | --part <number>]",
        discussion: """
            Credentials are masked. On a terminal, personal data is also masked. The audit log \
            records each use of --reveal and, on a terminal, of --body and JSON output.

            EXAMPLES
              callbox show latest
              callbox show 42.2                         the second report of delivery 42
              callbox show q10 --why                    why it was rejected
              callbox show 42 --body | sha256sum        the exact bytes
              callbox show 42 --curl --to http://localhost:3000/hooks --reveal
              callbox show 42 --reveal --reason claim-7
            """)

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var paging: PagerOptions

    @Argument(
        help: ArgumentHelp("Delivery, report or rejected delivery: 42, 42.2, q10 or latest.", valueName: "id"),
        transform: ItemReference.parse)
    var ids: [ItemReference]

    @Flag(help: "Explain how the delivery was processed.")
    var why = false

    @Flag(help: "Write the body only, byte for byte.")
    var body = false

    @Flag(help: "Write the headers only.")
    var headers = false

    @Option(help: ArgumentHelp("Show this element of a JSON array; the first is 1.", valueName: "number"))
    var part: Int?

    @Flag(help: "Write code that sends the delivery.")
    var code: RequestCode.Language?

    @Option(help: ArgumentHelp("URL in the code.", valueName: "url"))
    var to = "http://localhost:3000/"

    @OptionGroup var revealing: RevealOptions

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Output format. (default: table on a terminal, ndjson in a pipe)", visibility: .shared))
    var format: ShowFormat?

    func validate() throws {
        let parts = [
            ("--why", why), ("--headers", headers), ("--body", body), ("--format", format != nil),
            (code.map { "--\($0.rawValue)" } ?? "", code != nil),
        ].filter(\.1).map(\.0)
        guard parts.count <= 1 else {
            throw ValidationError("\(parts.joined(separator: " and ")) cannot be combined")
        }
        guard part == nil || !why && !headers && code == nil else {
            throw ValidationError("--part cannot be combined with --why, --headers or a code flag such as --curl")
        }
        guard ids.count <= 100 else { throw ValidationError("show accepts at most 100 IDs") }
        guard ids.count == 1 || !body && part == nil else {
            throw ValidationError("--body and --part accept only one ID")
        }
        guard part.map({ (1...4_000_000).contains($0) }) ?? true else {
            throw ValidationError("--part must be between 1 and 4000000")
        }
    }

    func run() async throws {
        if ids.count == 1, case .quarantined(let id) = ids[0], !headers, part == nil, format == nil {
            return try await QuarantineCommand.Show.show(id, options, revealing, paging, body: body, why: why)
        }
        let console = options.console
        let configuration = try options.load()
        let access = ArchiveAccess(configuration, console: console)
        let reader = body && ids != [.latest] ? try access.openReader() : try await access.reader()
        let finding = ShowFinding(reader, part: part, CallboxCommand.providers)
        let places = try ids.map { try ShowFinding.Place($0, reader) }
        if let command = recordedCommand(console) {
            let subject = places.map(\.description).joined(separator: " ") + (part.map { ", part \($0)" } ?? "")
            try await RevealOptions.record(command, of: subject, reason: revealing.reason, access)
        }
        if let code {
            for place in places {
                let kept = try finding.kept(place)
                if let reason = kept.pruningReason { throw ArchiveError.pruned(place.id, reason: reason) }
                let plan = try ReplayPlan(kept.delivery, to: to)
                let request = (method: plan.method, url: plan.url, headers: plan.headers, body: plan.body)
                try console.write(try finding.code(code, of: place, isRevealed: revealing.reveal, request))
            }
            return
        }
        guard why else {
            let writing = ShowWriting(
                console: console, pager: paging.pager(for: console), format: resolvedFormat(console),
                isRevealed: revealing.reveal)
            return try writing.write(places, finding)
        }
        for (position, place) in places.enumerated() {
            let explanation = DeliveryExplanation(
                kept: try finding.kept(place), reports: try reader.reports(of: place.id),
                release: try reader.release(of: place.id), configuration: configuration,
                environment: ProcessInfo.processInfo.environment)
            for line in (position > 0 ? [""] : []) + explanation.lines(on: console) { try console.print(line) }
        }
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

    /// The command to record in the audit log. Nil unless a person sees unmasked data.
    private func recordedCommand(_ console: Console) -> String? {
        let flags: [(isGiven: Bool, name: String)] = [
            (revealing.reveal, "--reveal"), (console.isTerminal && body, "--body"),
            (console.isTerminal && (format == .json || format == .ndjson), "--format \(format?.rawValue ?? "")"),
        ]
        let given = flags.filter(\.isGiven).map(\.name)
        return given.isEmpty ? nil : "show " + given.joined(separator: " ")
    }
}

extension ShowFinding.Place {
    /// Interprets `latest` as a whole delivery, even if the newest report is not the first report of its delivery.
    init(_ reference: ItemReference, _ reader: ArchiveReader) throws(CommandFailure) {
        let (id, ordinal) = try reference.report(reader, for: "show")
        self.init(id: id, ordinal: reference == .latest ? nil : ordinal)
    }
}
