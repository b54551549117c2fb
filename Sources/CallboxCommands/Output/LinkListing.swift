internal import Deliveries
internal import Journal
internal import ReportIndex
internal import StrictJSON
internal import TerminalOutput

/// What `links list` and `links pending` write, a link a row.
struct LinkListing {
    private let format: OutputFormat
    private let console: Console
    private var held: [LinkProgress] = []
    private(set) var count = 0

    init(_ format: OutputFormat, on console: Console) {
        self.format = format
        self.console = console
    }

    /// Written at once where the format allows it.
    mutating func add(_ progress: LinkProgress) throws {
        count += 1
        switch format {
        case .table, .json: held.append(progress)
        case .ndjson: try console.print(LinkView.json(progress).line)
        case .csv:
            if count == 1 { try console.print(Self.columns.joined(separator: ",")) }
            let line = CSVText.line(Self.values(progress))
            try console.print(console.isTerminal ? TerminalText.escape(line) : line)
        }
    }

    func finish() throws {
        switch format {
        case .table:
            guard !held.isEmpty else { return }
            for line in table.lines(on: console) { try console.print(line) }
        case .json: try console.print(JSONText.array(held.map { LinkView.json($0) }).line)
        case .ndjson: break
        case .csv:
            if count == 0 { try console.print(Self.columns.joined(separator: ",")) }
        }
    }

    static let columns = [
        "id", "createdAt", "provider", "state", "arrived", "missing", "expiresAt", "keys", "externalInfo", "note",
    ]

    private static func values(_ progress: LinkProgress) -> [JSONText] {
        let link = progress.link
        return [
            .integer(link.id.rawValue), .string(link.createdAt.rfc3339), .string(link.order.provider),
            .string(link.state.rawValue), .integer(Int64(progress.arrivals.count)),
            .string(progress.missing.map(\.description).joined(separator: " ")),
            .optional(link.order.expiresAt?.rfc3339),
            .string(LinkView.ownKeys(link).map { "\($0.name)=\(LinkView.shown($0))" }.joined(separator: " ")),
            .optional(link.order.externalInfo), .optional(link.note),
        ]
    }

    private var table: Table {
        Table(
            columns: [
                .init(title: "LINK", alignment: .right), .init(title: "ASKED FOR"), .init(title: "PROVIDER"),
                .init(title: "STATE"), .init(title: "CAME", alignment: .right),
                .init(title: "AWAITED", shortestWidth: 12), .init(title: "KNOWN BY", shortestWidth: 12),
                .init(title: "EXTERNAL INFO", shortestWidth: 10),
            ],
            rows: held.map { progress in
                let link = progress.link
                return [
                    .init("\(link.id)", .bold), .init(HumanText.time(link.createdAt)), .init(link.order.provider),
                    LinkView.stateCell(link.state), .init("\(progress.arrivals.count)"),
                    link.state.isPending && progress.isPending
                        ? .init(LinkView.pending(progress), .red) : .init("-", .dim),
                    .init(LinkView.ownKeys(link).map { "\($0.name)=\(LinkView.shown($0))" }.joined(separator: " ")),
                    .init(ReportListing.externalInfo(link.order.externalInfo)),
                ]
            })
    }
}
